"""What people apply for: forms, materials, the life of an application, and those who handle it."""
