mod sealing;
mod tampering;
mod trail;
