"""Facts and rules of programmes, pure: no I/O, no clock. Money is integer đồng everywhere."""
