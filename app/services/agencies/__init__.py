"""Police and court through the API: their papers, codes, and what moved in the cases they see."""
