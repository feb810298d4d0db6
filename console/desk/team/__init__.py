"""Running a team: the board, absences, coaching, figures. What work on a case leaves behind is another room's."""
