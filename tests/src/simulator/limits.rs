//! Every bound and pace of the simulator, named with its unit. Owns numbers, never behaviour.

/// The fewest sites that a seed draws.
pub const MIN_SITES: u64 = 3;
/// The most sites that a seed draws.
pub const MAX_SITES: u64 = 6;
/// The fewest commands of a seed.
pub const MIN_COMMANDS: u64 = 30;
/// The most commands of a seed.
pub const MAX_COMMANDS: u64 = 110;
/// One seed in so many has stock.
pub const STOCK_ONE_IN: u64 = 2;
/// In one seed of so many a site reaches another one alone, and no relay.
pub const BEHIND_ONE_IN: u64 = 3;
/// In one seed of so many, of those without stock, sites are removed.
pub const REMOVALS_ONE_IN: u64 = 2;
/// One command in so many comes with an act of the roster.
pub const ROSTER_ACT_ONE_IN: u64 = 5;
/// Root delegates the second admin, where it has not from the start, by one act of the roster in so many.
pub const DELEGATE_ONE_IN: u64 = 3;
/// In one seed of so many, of those without a late site, sites get new keys.
pub const REKEYS_ONE_IN: u64 = 2;
/// One site in so many that makes new keys tells no admin at once.
pub const REKEY_LATER_ONE_IN: u64 = 4;
/// Somebody who is away while a site is removed stays so for about this many commands.
pub const AWAY_COMMANDS: u64 = 6;
/// A removed site that goes on begins an epoch with one command in so many.
pub const NEW_EPOCH_ONE_IN: u64 = 12;
/// The most epochs that a removed site begins.
pub const MOST_EPOCHS: u64 = 3;
/// A removed site that goes on hands on what it has with one command in so many.
pub const SMUGGLE_ONE_IN: u64 = 4;
/// The most things that a clerk of stock does in one go.
pub const MOST_WISHES: u64 = 4;
/// The most pieces with which a pool begins.
pub const POOL_PIECES: u64 = 160;
/// The most pieces that come from a supplier at once.
pub const RECEIVED_PIECES: u64 = 60;
/// The most pieces that a customer wants.
pub const MOST_PIECES: u64 = 9;
/// Mean times between two commands of the whole organisation; a seed draws one.
pub const PACES_MS: [u64; 5] = [120, 1_500, 20_000, 600_000, 14_400_000];
/// Mean one-way delays of the network; a seed draws one.
pub const DELAYS_MS: [u64; 4] = [2, 30, 150, 900];
/// How far a frame's delay strays from the mean, in hundredths.
pub const DELAY_SPREAD_PERCENT: u64 = 180;
/// Mean number of times that a fault strikes in one run; a seed draws between these.
pub const MIN_STRIKES: u64 = 1;
/// See [`MIN_STRIKES`].
pub const MAX_STRIKES: u64 = 7;

/// A store call takes up to this long.
pub const STORE_CALL_MS: u64 = 12;
/// A store call of a slow disk takes up to this long.
pub const SLOW_STORE_CALL_MS: u64 = 4_000;
/// A commit reaches a session up to this much later.
pub const COMMIT_NOTICE_MS: u64 = 8;
/// How long an end may take to notice that its connection is gone.
pub const IDLE_TIMEOUT_MS: u64 = 30_000;
/// The first pause before a site dials again; it doubles up to [`MAX_REDIAL_MS`].
pub const MIN_REDIAL_MS: u64 = 500;
/// The longest pause before a site dials again.
pub const MAX_REDIAL_MS: u64 = 60_000;
/// The least pause before a site that knows that it is removed asks again.
pub const REMOVED_REDIAL_MS: u64 = 60_000;
/// A site dials at least so often from one command to the next.
pub const REDIALS_PER_COMMAND: u64 = 8;
/// Time passes for a session this often while it is busy; a quiet one is told more and more seldom.
pub const TICK_MS: u64 = 1_000;
/// The longest time between two ticks of a quiet session.
pub const MAX_TICK_MS: u64 = 15_000;
/// The longest time between two ticks of a quiet session when the pace is slow: it says then less than a real one would.
pub const MAX_SLOW_TICK_MS: u64 = 1_800_000;
/// A site or a relay that crashed starts again within this time.
pub const RESTART_MS: u64 = 20_000;
/// The clocks that are wrong are wrong by up to this much, either way.
pub const CLOCK_ERROR_MS: u64 = 10 * 365 * 86_400_000;
/// Commits of one party that a session which opens may be told although its view has them already.
pub const REPEATED_COMMITS: usize = 3;

/// When all faults are over, everything must be equal everywhere within this time.
pub const HEALING_BOUND_MS: u64 = 15 * 60_000;
/// The same in happenings, so that a session that spins is found as well.
pub const HEALING_BOUND_HAPPENINGS: u64 = 400_000;
/// More frames than this on one line, and its two sessions keep each other busy: a long life has a tenth of it.
pub const MAX_LINE_FRAMES: u64 = 30_000;
/// How often convergence is looked for while it heals.
pub const HEALING_LOOK_MS: u64 = 2_000;
/// A checkpoint comes after about this many commands.
pub const CHECKPOINT_COMMANDS: u64 = 35;
/// What a failure shows of what happened last.
pub const TRACE_LINES: usize = 60;

/// Where virtual time begins, for wall clocks: 2026-01-01 in Unix milliseconds.
pub const WALL_CLOCK_START_MS: i64 = 1_767_225_600_000;
