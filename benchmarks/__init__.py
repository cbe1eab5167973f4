"""How fast the portal does its main work, against a ceiling measured in the same run."""
