"""Running a team: absences, coaching notes, figures."""
