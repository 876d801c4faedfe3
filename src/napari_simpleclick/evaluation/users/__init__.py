"""Who clicks: the robot user of the published evaluation, and users who click as people do."""
