"""The frame of every page: templates, components, form fields, base views, charts, documents. It knows no room."""
