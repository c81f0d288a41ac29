"""What other auditors say of the pages that `audit` is tested on."""
