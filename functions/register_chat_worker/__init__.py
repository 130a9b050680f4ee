"""``POST /functions/v1/register-chat-worker``: a worker says where it can be reached, and that it still is there."""
