"""What phones fetch and send: tasks of the next days, and the queue recorded offline."""
