"""Exams on site: sessions, rooms, seats, who watches over them, what they print."""
