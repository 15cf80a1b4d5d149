"""`sample`: the search loop, in the user's hands."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar, cast, overload

from polygraft.geno import DNA, DNAGenerator, DNASpec
from polygraft.hyper.base import Where
from polygraft.hyper.iteration import set_up
from polygraft.hyper.template import ObjectTemplate
from polygraft.tuning.backend import Backend, backend_class
from polygraft.tuning.feedback import Feedback, ForgottenFeedbackError
from polygraft.tuning.result import Result
from polygraft.tuning.space import searched

T = TypeVar("T")

MOST_REPEATS = 100  # How often a loop may get the same trial without having reported anything.


@overload
def sample(
    space: DNASpec | ObjectTemplate | Callable[..., Any],
    algorithm: DNAGenerator,
    num_examples: int | None = None,
    early_stopping_policy: Any = None,
    where: Where | None = None,
    name: str | None = None,
    group: int | str | None = None,
    backend: str | None = None,
    metrics_to_optimize: Sequence[str] | None = None,
    **kwargs: Any,
) -> Iterator[tuple[Any, Feedback]]: ...
@overload
def sample(
    space: T,
    algorithm: DNAGenerator,
    num_examples: int | None = None,
    early_stopping_policy: Any = None,
    where: Where | None = None,
    name: str | None = None,
    group: int | str | None = None,
    backend: str | None = None,
    metrics_to_optimize: Sequence[str] | None = None,
    **kwargs: Any,
) -> Iterator[tuple[T, Feedback]]: ...
def sample(
    space: Any,
    algorithm: DNAGenerator,
    num_examples: int | None = None,
    early_stopping_policy: Any = None,
    where: Where | None = None,
    name: str | None = None,
    group: int | str | None = None,
    backend: str | None = None,
    metrics_to_optimize: Sequence[str] | None = None,
    **kwargs: Any,
) -> Iterator[tuple[Any, Feedback]]:
    """Yields the trials of a study: pairs of a program and the feedback to report with.

    A trial stays pending until its feedback is called, `done` or `skip`ped; until then the group gets the same one
    again, also after breaking out of the loop, or an exception in its body, and beginning another one with the same
    name and group. A thread without a group takes over what threads without one left behind when they ended.

    Args:
        space: A program with placeholders; or a spec, the examples then being genotypes.
        algorithm: Proposes the genotypes. One that has been set up for an equal space goes on where it was.
        num_examples: Most trials of the study, fixed by whoever begins it; None for all that the algorithm proposes.
        early_stopping_policy: Judges trials; see `Feedback.should_stop_early`.
        where: Which placeholders take part: a function of the placeholder, or None for all.
        name: Name of the study, which others may join; None for one of its own.
        group: Workers of one group work on the same trial; None: each thread is a group of its own.
        backend: Name of the backend; None for the default one.
        metrics_to_optimize: Names of the metrics that are rewarded; None for `['reward']`.
        **kwargs: For the backend.

    Yields:
        (program, feedback). The program is made anew each time.

    Raises:
        ValueError: There is nothing to decide, the algorithm was set up for another space, or has one objective only.
            All errors of arguments come with the first example.
        ForgottenFeedbackError: The body reports nothing, a hundred times for the same trial, and no group was given
            whose other members could. (The first time is a warning.)

    Example:
        >>> import polygraft as pg
        >>> for example, feedback in pg.sample(
        ...     pg.Dict(x=pg.oneof([1, 2])), pg.geno.Sweeping(), name="sample-doc"
        ... ):
        ...     feedback(-example.x)
        >>> pg.poll_result("sample-doc").best_trial.dna
        DNA(0)
    """
    spec, decode = searched(space, where)
    metrics = ["reward"] if metrics_to_optimize is None else list(metrics_to_optimize)
    make = backend_class(backend)
    if not make.sets_up:
        check_metrics(metrics, algorithm)
        set_up(algorithm, spec)
        if early_stopping_policy is not None:
            set_up(early_stopping_policy, spec)
    worker = make.create(
        name, group, spec, algorithm, metrics, early_stopping_policy, num_examples, **kwargs
    )
    previous: Feedback | None = None
    repeats = 0
    while True:
        try:
            feedback = next_trial(worker)
        except StopIteration:
            return
        if previous is not None and feedback.id == previous.id and not previous.touched:
            repeats += 1
            _say_forgotten(feedback, repeats, group is None)
        else:
            repeats = 0
        yield _decoded(decode, feedback.dna, feedback), feedback
        previous = feedback


def check_metrics(metrics: Sequence[str], algorithm: DNAGenerator) -> None:
    """Checks that an algorithm can optimize metrics.

    Raises:
        ValueError: There are several, and it can optimize one only.
    """
    if len(metrics) > 1 and not algorithm.multi_objective:
        raise ValueError(
            "'metrics_to_optimize' should include only 1 metric as multi-objective optimization is not supported "
            f"by {algorithm!r}."
        )


def next_trial(worker: Backend) -> Feedback:
    """Returns the next trial that has to be evaluated; those that the algorithm has rewarded itself are completed.

    Raises:
        StopIteration: There are no more.
    """
    while True:
        feedback = worker.next()
        reward = _own_reward(feedback.dna)
        if reward is None:
            return feedback
        # By position: the one number may be of a metric that is not called 'reward'.
        rewards = cast("Sequence[Any]", reward) if isinstance(reward, (list, tuple)) else [reward]
        try:
            with feedback.ignore_race_condition():
                feedback(rewards, metadata={"client_evaluation_skipped": True})
        except Exception as e:
            _give_up(feedback, e, f"The reward {reward!r} that was proposed with it is refused.")
            raise


def _give_up(feedback: Feedback, e: Exception, why: str) -> None:
    """Skips a trial that would come again, and fail again, for ever."""
    e.add_note(f"Trial {feedback.id}, {feedback.dna!r}, is skipped. {why}")
    feedback.set_metadata("error", f"{type(e).__name__}: {e}")
    feedback.skip()


def _say_forgotten(feedback: Feedback, repeats: int, alone: bool) -> None:
    """Says that a body forgets to report; where nobody else can report, the loop ends with an error."""
    text = (
        f"The loop gets trial {feedback.id} again, because its body has reported nothing: call `feedback(reward)` for "
        f"each example, or `feedback.skip()`."
    )
    if alone and repeats >= MOST_REPEATS:
        raise ForgottenFeedbackError(
            f"{text} (So far {repeats} times. Workers that evaluate elsewhere need a `group` each.)"
        )
    if repeats == 1:
        warnings.warn(text, RuntimeWarning, stacklevel=3)


def _decoded(decode: Callable[[DNA], Any], dna: DNA, feedback: Feedback) -> Any:
    """The example of a trial. If it cannot be made, the trial is skipped: it would come again for ever."""
    try:
        return decode(dna)
    except Exception as e:
        _give_up(feedback, e, "Its example could not be made.")
        raise


def _own_reward(dna: DNA) -> Any:
    """The reward that the algorithm itself has given to a proposal, or None."""
    extras = dna._extras  # pyright: ignore[reportPrivateUsage] -- asking for `metadata` would make some.
    return None if extras is None else extras.metadata.get("reward")


def poll_result(name: str, backend: str | None = None, **kwargs: Any) -> Result:
    """Returns the result of a study, also while it runs.

    Args:
        name: Name of the study.
        backend: Name of the backend; None for the default one.
        **kwargs: For the backend.

    Raises:
        ValueError: There is no such study.
    """
    return backend_class(backend).poll_result(name, **kwargs)
