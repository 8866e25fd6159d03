//! What can be asked for.

use crate::world::Service;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Route {
    Home,
    Search,
    Product,
    /// The address of a product in an older version of the API, which the load balancer rewrites.
    Legacy,
    Login,
    CartView,
    CartAdd,
    Order,
    OrderView,
    Pay,
    /// Nothing that the shop has.
    Unknown,
}

/// What is usual for a route.
pub(crate) struct Usual {
    pub(crate) method: &'static str,
    /// As it is declared in the application.
    pub(crate) template: &'static str,
    pub(crate) service: Service,
    /// Milliseconds that half of the requests stay below.
    pub(crate) median: f64,
    /// Standard deviation of the logarithm of that.
    pub(crate) spread: f64,
    /// Bytes of an answer that half stay below.
    pub(crate) size: f64,
    /// How many fail on an ordinary day.
    pub(crate) failing: f64,
}

impl Route {
    pub(crate) fn usual(self) -> Usual {
        let shop = |method, template, median, spread, size, failing| Usual {
            method,
            template,
            service: Service::Shop,
            median,
            spread,
            size,
            failing,
        };
        match self {
            Self::Home => shop("GET", "/", 12.0, 0.5, 18_400.0, 0.0004),
            Self::Search => shop("GET", "/api/search", 68.0, 0.8, 9_200.0, 0.0015),
            Self::Product | Self::Legacy => shop("GET", "/api/products/{id}", 24.0, 0.6, 4_100.0, 0.0010),
            Self::Login => shop("POST", "/api/login", 140.0, 0.3, 620.0, 0.0010),
            Self::CartView => shop("GET", "/api/cart", 31.0, 0.5, 2_300.0, 0.0010),
            Self::CartAdd => shop("POST", "/api/cart/items", 45.0, 0.6, 780.0, 0.0030),
            Self::Order => shop("POST", "/api/orders", 180.0, 0.7, 1_150.0, 0.0120),
            Self::OrderView => shop("GET", "/api/orders/{id}", 28.0, 0.5, 1_400.0, 0.0010),
            Self::Unknown => shop("GET", "/{path}", 2.0, 0.4, 160.0, 0.0),
            Self::Pay => {
                Usual { service: Service::Payments, ..shop("POST", "/payments", 420.0, 0.6, 540.0, 0.0080) }
            }
        }
    }

    pub(crate) fn is_view(self) -> bool {
        matches!(self, Self::Product | Self::Legacy)
    }

    /// The listener's rule that forwards it.
    pub(crate) fn priority(self) -> u32 {
        match self {
            Self::Pay => 10,
            Self::Legacy => 20,
            _ => 0,
        }
    }
}
