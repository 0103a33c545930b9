"""Submissions: prediction files and `system.json`, read as what they are: data from strangers."""
