"""The door for pull requests: what they change, read as git objects, before anything is parsed."""
