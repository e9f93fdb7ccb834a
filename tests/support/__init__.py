"""What tests of several rooms stand on: real servers started for the session, and clean stores."""
