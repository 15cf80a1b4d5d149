"""scikit-learn: nothing is needed yet."""
