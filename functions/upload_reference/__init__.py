"""``POST /functions/v1/upload-reference``: a picture that jobs may refer to, checked and stripped of its metadata."""
