"""The window's second home: an icon in the desktop's tray, from where training can be seen and steered."""
