//! What it is worth to sell by rights: the share of requests that were served, beside a counter that is always online.
//!
//! A request is one wish of a customer at a site: so many pieces of the pool, now. It is *served from local rights* when the
//! site's own sale was kept. The *baseline* is one central counter at the relay that knows at any time what lies in the
//! pool and has sold everything itself: it serves a request when it has enough left and the site reaches it at that moment, that
//! is while neither the site nor the relay is parted, and the relay runs. *Ideal* is the same counter, had every site always
//! reached it. Both counters sell what really lay in the pool: what the keeper received, lost or issued there changes them
//! as well; what it delivered was sold. A request under which the process died is counted nowhere. Owns the counting.

/// The counters beside the pool.
#[derive(Default)]
pub struct Market {
    /// Served, of what was asked.
    pub asked: u64,
    /// By the sites themselves.
    pub locally: u64,
    /// By the counter, while it was reached.
    pub online: u64,
    /// By the counter, had it always been reached.
    pub ideally: u64,
    /// Asked for while the counter was not reached, and how many of those the sites served themselves.
    pub away: [u64; 2],
    sold_online: i64,
    sold_ideally: i64,
}

impl Market {
    /// Somebody asks for so many, when so many lay in the pool or had been delivered from it.
    pub fn ask(&mut self, quantity: i64, (stock, reached, served): (i64, bool, bool)) {
        self.asked += 1;
        self.locally += u64::from(served);
        if !reached {
            self.away[0] += 1;
            self.away[1] += u64::from(served);
        }
        if reached && stock - self.sold_online >= quantity {
            self.sold_online += quantity;
            self.online += 1;
        }
        if stock - self.sold_ideally >= quantity {
            self.sold_ideally += quantity;
            self.ideally += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_serves_who_reaches_it_while_it_has_some() {
        let mut market = Market::default();
        market.ask(6, (10, true, true));
        market.ask(3, (10, false, true));
        market.ask(3, (10, true, false));
        market.ask(2, (10, true, false));
        assert_eq!((market.asked, market.locally, market.online, market.ideally), (4, 2, 2, 2));
        assert_eq!(market.away, [1, 1]);
    }
}
