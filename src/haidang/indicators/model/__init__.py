"""What indicators are, pure: periods, dues, the register, values."""
