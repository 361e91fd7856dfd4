"""What a district keeps beside its cases: areas, organisations, beds, surveys, holidays."""
