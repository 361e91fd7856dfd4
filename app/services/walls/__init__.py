"""Beyond the policy table: recusals, the broken glass, the vault and its 30 seconds."""
