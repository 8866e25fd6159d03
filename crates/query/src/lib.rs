//! Query packs, time windows, and the engines that run them.

#![forbid(unsafe_code)]
