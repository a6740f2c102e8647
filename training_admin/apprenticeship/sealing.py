"""Where an apprentice's and a tutor's numbers, and an apprentice's words, are sealed; persons are keyed as on claims."""

TUTOR_PLACE = "programme_tutor.sealed"
APPRENTICE_PLACE = "apprentice.sealed"
PHONE_PLACE = "apprentice.sealed_phone"
VOICE_PLACE = "apprentice_voice.sealed_words"
