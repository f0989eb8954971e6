"""Classes of surface water: what it is fit for."""
