"""Adapters: what Keras, PyTorch, Flax and scikit-learn need beyond the rules of the core.

A module here is imported when the first class of its framework is wrapped, never before: see
`polygraft.symbolic.wrapping.adapters`, which says what an adapter may do.
"""
