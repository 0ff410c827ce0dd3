"""What comes in and goes out, typed; unknown fields are refused."""
