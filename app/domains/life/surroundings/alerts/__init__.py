"""Tell me when the air or the water at my place gets bad."""
