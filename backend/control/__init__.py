"""What programs outside see of the host: state.json."""
