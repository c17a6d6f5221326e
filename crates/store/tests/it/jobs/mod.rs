mod actor;
mod failing;
mod fencing;
mod running;
mod turns;
