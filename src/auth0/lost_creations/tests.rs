//! Random histories of a tenant in which this process and others create and delete, and responses get lost.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// What is sent: the name, and everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct New(u8, u8);

const A: New = New(0, 0);
const OTHER_A: New = New(0, 1);
const B: New = New(1, 0);

impl New {
    fn body(self) -> Object {
        Object::from_iter([("name".to_owned(), json!(format!("n{}", self.0))), ("rest".to_owned(), json!(self.1))])
    }

    fn wanted(self) -> Wanted {
        let became = Arc::new(move |shown: &Object| Some(*shown == self.body()));
        Wanted { name: format!("n{}", self.0), property: "name".to_owned(), body: self.body(), became }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Maker {
    /// There from the start.
    Past,
    Other,
    Us(Ticket),
}

fn contents() -> impl Strategy<Value = New> {
    (0_u8..2, 0_u8..2).prop_map(|(name, rest)| New(name, rest))
}

fn choose<T>(from: &mut Vec<T>, number: usize) -> Option<T> {
    (!from.is_empty()).then(|| from.remove(number % from.len()))
}

struct Tenant {
    objects: BTreeMap<String, (New, Maker)>,
    next_id: u32,
    before: Before,
    ledger: LostCreations,
    under_way: Vec<(Ticket, New)>,
    lost: Vec<(Ticket, New)>,
    /// Whether every second object cannot be read.
    has_gaps: bool,
    /// The objects that this process created or found.
    ours: BTreeSet<String>,
    /// What errors have named or left behind.
    barred: BTreeSet<String>,
}

impl Tenant {
    fn new(past: &[New], first_page: usize) -> Self {
        let mut tenant = Self {
            objects: BTreeMap::new(),
            next_id: 100,
            before: Before::new([], 0),
            ledger: LostCreations::default(),
            under_way: Vec::new(),
            lost: Vec::new(),
            has_gaps: false,
            ours: BTreeSet::new(),
            barred: BTreeSet::new(),
        };
        for content in past {
            tenant.create(*content, Maker::Past);
        }
        tenant.before = Before::new(tenant.objects.keys().take(first_page).cloned(), past.len() as u64);
        tenant
    }

    fn create(&mut self, content: New, maker: Maker) {
        self.objects.insert(self.next_id.to_string(), (content, maker));
        self.next_id += 1;
    }

    fn landed(&self, ticket: Ticket) -> Option<String> {
        let landed = self.objects.iter().find(|(_, (_, maker))| *maker == Maker::Us(ticket));
        landed.map(|(id, _)| id.clone())
    }

    /// Anything happens. Numbers choose among what there is.
    fn happen(&mut self, chance: u8, number: usize, content: New) {
        match chance {
            0..6 => self.begin(content),
            6..12 => self.land(number),
            12..14 => self.answer(number),
            14..19 => self.lose(number),
            19..24 if !self.lost.is_empty() => {
                let place = number % self.lost.len();
                if self.ledger.is_settled(self.lost[place].0) {
                    drop(self.look(place));
                }
            }
            24 => self.give_up(number),
            25..27 => self.delete_past(number),
            _ => self.create(content, Maker::Other),
        }
    }

    fn begin(&mut self, content: New) {
        let ticket = self.ledger.begin(&content.wanted());
        self.under_way.extend(ticket.map(|ticket| (ticket, content)));
    }

    /// A create arrives at the service.
    fn land(&mut self, number: usize) {
        let landing = self.under_way.get(number % self.under_way.len().max(1)).copied();
        if let Some((ticket, content)) = landing.filter(|(ticket, _)| self.landed(*ticket).is_none()) {
            self.create(content, Maker::Us(ticket));
        }
    }

    /// A create is answered if it has landed, and refused otherwise.
    fn answer(&mut self, number: usize) {
        let Some((ticket, _)) = choose(&mut self.under_way, number) else { return };
        let Some(id) = self.landed(ticket) else { return self.ledger.close(ticket) };
        self.ledger.answered(ticket, &id);
        assert!(self.ours.insert(id), "it was taken over before");
    }

    /// The response to a create is lost. If it has not landed by then, it never does.
    fn lose(&mut self, number: usize) {
        let Some(lost) = choose(&mut self.under_way, number) else { return };
        self.ledger.lose(lost.0);
        self.lost.push(lost);
    }

    /// The search for a lost create has ended.
    fn give_up(&mut self, number: usize) {
        let Some((ticket, _)) = choose(&mut self.lost, number) else { return };
        self.ledger.close(ticket);
        self.barred.extend(self.landed(ticket));
    }

    /// No other program deletes a lost object, because none knows it.
    fn delete_past(&mut self, number: usize) {
        let past = self.objects.iter().filter(|(_, (_, maker))| *maker == Maker::Past);
        let id = past.map(|(id, _)| id.clone()).nth(number);
        self.objects.retain(|each, _| Some(each) != id.as_ref());
    }

    /// Searches for a lost create and checks the promises. Returns the ID of the found object, or why there is none.
    fn look(&mut self, place: usize) -> Result<String, Verdict> {
        let (ticket, wanted) = self.lost[place];
        let listed = self.objects.iter().map(|(id, (content, _))| Document { id: id.clone(), object: content.body() });
        let listed: Documents = listed.map(|document| (document.id.clone(), Arc::new(document))).collect();
        let mut candidates = wanted.wanted().candidates(&self.before, &listed);
        for gap in candidates.iter_mut().filter(|each| self.has_gaps && each.id.ends_with(['1', '3', '5', '7', '9'])) {
            gap.shown = None;
        }
        let verdict = self.ledger.judge(ticket, &candidates);
        // Equal ones are interchangeable: one may have the object of another.
        let equal: Vec<_> = self.lost.iter().filter(|(_, other)| *other == wanted).collect();
        let there =
            equal.iter().filter_map(|(ticket, _)| self.landed(*ticket)).filter(|id| !self.ours.contains(id)).count();
        let absent = equal.len() - there;
        let is_alone = self.objects.values().all(|(_, maker)| *maker != Maker::Other);
        self.lost.remove(place);
        match &verdict {
            Verdict::Is(place) => {
                let id = &candidates[*place].id;
                let (content, maker) = self.objects[id];
                assert!(content == wanted && maker != Maker::Past, "it is another");
                assert!(maker != Maker::Other || absent > 0, "it is a twin of what is there");
                assert!(!self.barred.contains(id), "an error names it or leaves it behind");
                assert!(self.ours.insert(id.clone()), "it was taken over before");
                return Ok(id.clone());
            }
            Verdict::Absent => assert!(!is_alone || there == 0, "it is there"),
            Verdict::Doubtful(ids) => {
                assert!(!ids.is_empty(), "nothing is doubtful");
                self.barred.extend(ids.iter().cloned().chain(self.landed(ticket)));
            }
        }
        Err(verdict)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn keeps_its_promises_whatever_happens(
        past in prop::collection::vec(contents(), 0..40), first_page in 0_usize..60, has_gaps: bool,
        events in prop_oneof![Just(27_u8), Just(30)].prop_flat_map(|most| {
            prop::collection::vec((0..most, 0_usize..8, contents()), 1..60)
        }),
    ) {
        let mut tenant = Tenant { has_gaps, ..Tenant::new(&past, first_page) };
        for (chance, number, content) in events {
            tenant.happen(chance, number, content);
        }
    }
}

/// A tenant in which these creates have landed and lost their responses.
fn after_losing(past: &[New], first_page: usize, contents: &[New]) -> Tenant {
    let mut tenant = Tenant::new(past, first_page);
    for content in contents {
        tenant.begin(*content);
    }
    (0..contents.len()).for_each(|number| tenant.land(number));
    for _ in contents {
        tenant.lose(0);
    }
    tenant
}

/// What comes of a create that never arrives.
fn look_for_absent(tenant: &mut Tenant, content: New) -> Result<String, Verdict> {
    tenant.begin(content);
    tenant.lose(0);
    tenant.look(0)
}

#[expect(clippy::unnecessary_wraps, reason = "it stands for what a search finds")]
fn is(id: &str) -> Result<String, Verdict> {
    Ok(id.to_owned())
}

fn doubtful(ids: &[&str]) -> Result<String, Verdict> {
    Err(Verdict::Doubtful(ids.iter().map(|id| (*id).to_owned()).collect()))
}

#[test]
fn tells_a_new_object_from_its_twin_from_before() {
    assert_eq!(after_losing(&[], 100, &[A]).look(0), is("100"));
    assert_eq!(after_losing(&[A], 100, &[A]).look(0), is("101"));
    assert_eq!(look_for_absent(&mut Tenant::new(&[A], 100), A), Err(Verdict::Absent));
}

#[test]
fn doubts_a_twin_of_unknown_age() {
    let past = [B, B, A, OTHER_A];
    assert_eq!(after_losing(&past, 2, &[A]).look(0), doubtful(&["102", "104"]));
    let mut tenant = Tenant::new(&past, 2);
    assert_eq!(look_for_absent(&mut tenant, A), doubtful(&["102"]), "the other one has other settings");
    assert_eq!(look_for_absent(&mut tenant, B), Err(Verdict::Absent), "these are old");
}

#[test]
fn shares_out_as_many_twins_as_were_lost() {
    let mut tenant = after_losing(&[], 100, &[A, A, OTHER_A]);
    assert_eq!([(); 3].map(|()| tenant.look(0)), [is("100"), is("101"), is("102")]);
    let mut tenant = after_losing(&[], 100, &[A, A]);
    tenant.objects.pop_last();
    assert_eq!([(); 2].map(|()| tenant.look(0)), [is("100"), Err(Verdict::Absent)]);
}

#[test]
fn doubts_a_namesake_that_may_have_been_changed() {
    let mut tenant = after_losing(&[], 100, &[A]);
    tenant.objects.insert("100".to_owned(), (OTHER_A, Maker::Other));
    assert_eq!(tenant.look(0), doubtful(&["100"]));
}

#[test]
fn does_not_take_over_what_an_error_names_or_leaves() {
    let mut tenant = after_losing(&[], 100, &[A]);
    tenant.create(A, Maker::Other);
    assert_eq!(tenant.look(0), doubtful(&["100", "101"]));
    tenant.objects.pop_last();
    assert_eq!(look_for_absent(&mut tenant, A), doubtful(&["100"]), "named");

    let mut tenant = after_losing(&[], 100, &[A, B]);
    tenant.give_up(0);
    assert_eq!(tenant.look(0), is("101"), "of another name");
    assert_eq!(look_for_absent(&mut tenant, A), doubtful(&["100"]), "left behind");
}

#[test]
fn makes_namesakes_wait_while_one_is_lost() {
    let mut ledger = LostCreations::default();
    let [a, other_a, b] = [A, OTHER_A, B].map(New::wanted);
    let [first, second] = [(); 2].map(|()| ledger.begin(&a).unwrap());
    ledger.lose(first);
    assert!(ledger.begin(&other_a).is_none() && ledger.begin(&b).is_some());
    assert!(!ledger.is_settled(first), "a namesake is under way");
    ledger.answered(second, "x");
    assert!(ledger.is_settled(first) && ledger.has_made("x") && ledger.has_lost());
    ledger.close(first);
    assert!(!ledger.has_lost() && ledger.begin(&other_a).is_some(), "an undecided one bars nobody");
}

#[test]
fn knows_an_object_as_new_only_if_all_were_shown() {
    let ages = |total| ["a", "x"].map(|id| Before::new(["a".to_owned(), "b".to_owned()], total).age(id));
    assert_eq!([ages(2), ages(3)], [[Age::Old, Age::New], [Age::Old, Age::Unknown]]);
}

#[test]
fn compares_names_in_every_unicode_form() {
    let shown = |id: &str, name| Document { id: id.to_owned(), object: Object::from_iter([("name".to_owned(), name)]) };
    let names = [json!("caf\u{e9}"), json!("cafe\u{301}"), json!("cafe"), json!(null)];
    let listed = ["a", "b", "c", "d"].into_iter().zip(names);
    let listed: Documents = listed.map(|(id, name)| (id.to_owned(), Arc::new(shown(id, name)))).collect();
    let wanted = Wanted { name: "caf\u{e9}".to_owned(), ..A.wanted() };
    let found = wanted.candidates(&Before::new(["a".to_owned()], 1), &listed);
    assert_eq!(found.iter().map(|candidate| &*candidate.id).collect::<Vec<_>>(), ["b"]);
}
