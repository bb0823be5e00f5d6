@"%~dp0..\espalier-cli.exe" %*
