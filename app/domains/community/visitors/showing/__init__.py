"""The guest's page: a pass by its link, and the code of the moment."""
