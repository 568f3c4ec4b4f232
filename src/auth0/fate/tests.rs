//! Random histories of a tenant in which this process and others create and delete, and answers get lost.

use proptest::prelude::*;

use super::*;

/// What is sent: the name, and everything else. Lists may hide the latter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct New(u8, u8);

impl Content for New {
    type Shown = (u8, Option<u8>);

    fn is_namesake(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn became(&self, shown: &Self::Shown) -> Option<bool> {
        if self.0 == shown.0 { shown.1.map(|rest| rest == self.1) } else { Some(false) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Maker {
    /// There from the start.
    Past,
    Other,
    Us(Ticket),
}

#[derive(Clone, Debug)]
struct Object {
    id: String,
    content: New,
    maker: Maker,
    claimed: bool,
}

/// One thing that happens. Numbers choose among what there is.
#[derive(Clone, Copy, Debug)]
enum Event {
    Begin(New),
    /// A creation arrives at the service.
    Land(usize),
    /// A creation is answered, if it has landed; otherwise it is refused.
    Answer(usize),
    /// The answer to a creation is lost, whether it has landed or not. What has not landed by then never does.
    Lose(usize),
    /// A lost creation is looked for.
    Look(usize),
    /// Nobody looks for a lost creation any more.
    GiveUp(usize),
    OtherCreates(New),
    OtherDeletes(usize),
}

fn contents() -> impl Strategy<Value = New> {
    (0_u8..2, 0_u8..2).prop_map(|(name, rest)| New(name, rest))
}

fn events(others: bool) -> impl Strategy<Value = Vec<Event>> {
    let chosen = 0_usize..8;
    let event = prop_oneof![
        6 => contents().prop_map(Event::Begin),
        6 => chosen.clone().prop_map(Event::Land),
        2 => chosen.clone().prop_map(Event::Answer),
        5 => chosen.clone().prop_map(Event::Lose),
        5 => chosen.clone().prop_map(Event::Look),
        1 => chosen.clone().prop_map(Event::GiveUp),
        u32::from(others) * 3 => contents().prop_map(Event::OtherCreates),
        2 => chosen.prop_map(Event::OtherDeletes),
    ];
    prop::collection::vec(event, 1..60)
}

struct Tenant {
    objects: Vec<Object>,
    created: u32,
    before: Before,
    ledger: Ledger<New>,
    under_way: Vec<(Ticket, New)>,
    lost: Vec<(Ticket, New)>,
    /// Later lists have another order than the one before.
    shuffled: bool,
    lists: Lists,
    /// What the errors have named.
    named: BTreeSet<String>,
    /// The creations that ended with an error, and may be there.
    undecided: Vec<Ticket>,
}

/// What lists show of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lists {
    All,
    Names,
    /// Every third object cannot be read.
    Gaps,
}

fn lists() -> impl Strategy<Value = Lists> {
    prop_oneof![Just(Lists::All), Just(Lists::Names), Just(Lists::Gaps)]
}

impl Lists {
    fn show(self, id: &str, New(name, rest): New) -> Option<(u8, Option<u8>)> {
        match self {
            Self::All => Some((name, Some(rest))),
            Self::Names => Some((name, None)),
            Self::Gaps => id.bytes().last().is_none_or(|digit| digit % 3 > 0).then_some((name, Some(rest))),
        }
    }
}

/// What was decided about a lost creation.
#[derive(Debug)]
struct Decision {
    ticket: Ticket,
    content: New,
    finding: Finding,
    suspects: Vec<String>,
}

impl Tenant {
    fn new(past: &[New], first_page: usize, shuffled: bool, lists: Lists) -> Self {
        let mut tenant = Self {
            objects: Vec::new(),
            created: 0,
            before: Before::new(Vec::new(), past.len() as u64),
            ledger: Ledger::new(),
            under_way: Vec::new(),
            lost: Vec::new(),
            shuffled,
            lists,
            named: BTreeSet::new(),
            undecided: Vec::new(),
        };
        for content in past {
            tenant.create(*content, Maker::Past);
        }
        tenant.before.first = tenant.objects.iter().take(first_page).map(|object| object.id.clone()).collect();
        tenant
    }

    fn create(&mut self, content: New, maker: Maker) {
        let id = format!("id{}", self.created);
        self.created += 1;
        self.objects.push(Object { id, content, maker, claimed: false });
    }

    fn landed(&self, ticket: Ticket) -> Option<&Object> {
        self.objects.iter().find(|object| object.maker == Maker::Us(ticket))
    }

    fn happen(&mut self, event: Event) -> Option<Decision> {
        let choose = |number: usize, from: usize| (from > 0).then(|| number % from.max(1));
        match event {
            Event::Begin(content) => {
                if let Ok(ticket) = self.ledger.begin(content) {
                    self.under_way.push((ticket, content));
                }
            }
            Event::Land(number) => {
                let (ticket, content) = self.under_way[choose(number, self.under_way.len())?];
                if self.landed(ticket).is_none() {
                    self.create(content, Maker::Us(ticket));
                }
            }
            Event::Answer(number) => {
                let (ticket, _) = self.under_way.remove(choose(number, self.under_way.len())?);
                match self.objects.iter_mut().find(|object| object.maker == Maker::Us(ticket)) {
                    Some(object) => {
                        assert!(!std::mem::replace(&mut object.claimed, true), "claimed by another");
                        self.ledger.answered(ticket, &object.id);
                    }
                    None => self.ledger.close(ticket),
                }
            }
            Event::Lose(number) => {
                let lost = self.under_way.remove(choose(number, self.under_way.len())?);
                self.ledger.lose(lost.0);
                self.lost.push(lost);
            }
            Event::Look(number) => {
                let place = choose(number, self.lost.len())?;
                let (ticket, content) = self.lost[place];
                if !self.ledger.is_settled(ticket) {
                    return None;
                }
                self.lost.remove(place);
                return Some(self.look(ticket, content));
            }
            Event::GiveUp(number) => {
                let (ticket, _) = self.lost.remove(choose(number, self.lost.len())?);
                self.ledger.close(ticket);
                self.undecided.push(ticket);
            }
            Event::OtherCreates(content) => self.create(content, Maker::Other),
            Event::OtherDeletes(number) => {
                // Nobody deletes what he does not know: what was lost is not in anybody's hands.
                let theirs: Vec<_> = self.objects.iter().filter(|object| object.maker == Maker::Past).collect();
                let id = theirs.get(choose(number, theirs.len())?)?.id.clone();
                self.objects.retain(|object| object.id != id);
            }
        }
        None
    }

    fn look(&mut self, ticket: Ticket, content: New) -> Decision {
        let mut listed: Vec<_> = self.objects.iter().collect();
        if self.shuffled {
            listed.sort_by_key(|object| object.id.bytes().rev().collect::<Vec<_>>());
        }
        let ids: Vec<_> = listed.iter().map(|object| object.id.as_str()).collect();
        let ages = self.before.ages(&ids);
        let suspects: Vec<_> = listed
            .into_iter()
            .zip(ages)
            .filter(|(object, age)| *age != Age::Old && object.content.is_namesake(&content))
            .map(|(Object { id, content, .. }, age)| Suspect {
                id: id.clone(),
                age,
                shown: self.lists.show(id, *content),
            })
            .collect();
        let finding = self.ledger.judge(ticket, &suspects);
        match &finding {
            Finding::Is(place) => {
                let object = self.objects.iter_mut().find(|object| object.id == suspects[*place].id).unwrap();
                assert!(!std::mem::replace(&mut object.claimed, true), "claimed by another");
                assert!(!self.named.contains(&object.id), "named by an error");
                let undecided = |ticket: &Ticket| object.maker == Maker::Us(*ticket);
                assert!(!self.undecided.iter().any(undecided), "of a creation that ended with an error");
            }
            Finding::Absent => {}
            Finding::Doubtful(ids) => {
                self.named.extend(ids.iter().cloned());
                self.undecided.push(ticket);
            }
        }
        let suspects = suspects.into_iter().map(|suspect| suspect.id).collect();
        Decision { ticket, content, finding, suspects }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nothing_from_before_is_taken_over_and_nothing_twice(
        past in prop::collection::vec(contents(), 0..40), first_page in 0_usize..40, shuffled: bool, lists in lists(),
        events in events(true),
    ) {
        let mut tenant = Tenant::new(&past, first_page, shuffled, lists);
        for event in events {
            // That nothing is claimed twice is asserted where it is claimed.
            let Some(Decision { finding: Finding::Is(place), content, suspects, .. }) = tenant.happen(event) else { continue };
            let object = tenant.objects.iter().find(|object| object.id == suspects[place]).unwrap();
            prop_assert_ne!(object.maker, Maker::Past);
            prop_assert_eq!(object.content, content);
        }
    }

    #[test]
    fn where_nobody_else_creates_only_what_is_ours_is_taken_over_and_only_what_is_absent_repeated(
        past in prop::collection::vec(contents(), 0..40), first_page in 0_usize..40, shuffled: bool, lists in lists(),
        events in events(false),
    ) {
        let mut tenant = Tenant::new(&past, first_page, shuffled, lists);
        for event in events {
            let lost: Vec<_> = tenant.lost.clone();
            let Some(Decision { ticket, content, finding, suspects }) = tenant.happen(event) else { continue };
            match finding {
                Finding::Is(place) => {
                    let object = tenant.objects.iter().find(|object| object.id == suspects[place]).unwrap();
                    prop_assert!(matches!(object.maker, Maker::Us(_)));
                }
                // Equal ones are interchangeable, so it need not be its own that another took.
                Finding::Absent => {
                    let equal = lost.iter().filter(|(_, other)| *other == content);
                    let unclaimed = equal.filter_map(|(ticket, _)| tenant.landed(*ticket)).filter(|object| !object.claimed);
                    prop_assert_eq!(unclaimed.count(), 0, "{:?} is there", ticket);
                }
                Finding::Doubtful(ids) => prop_assert!(!ids.is_empty() && ids.iter().all(|id| suspects.contains(id))),
            }
        }
    }

    #[test]
    fn a_look_alike_of_somebody_else_is_never_mistaken_for_what_has_landed(
        past in prop::collection::vec(contents(), 0..40), first_page in 0_usize..40, shuffled: bool, others in 1_usize..3, content in contents(),
        ours in 1_usize..4, deletions in 0_usize..4,
    ) {
        let mut tenant = Tenant::new(&past, first_page, shuffled, Lists::All);
        for _ in 0..ours {
            tenant.happen(Event::Begin(content));
        }
        for number in 0..ours {
            tenant.happen(Event::Land(number));
        }
        (0..others).for_each(|_| drop(tenant.happen(Event::OtherCreates(content))));
        // Unless ids are known, deletions in the same seconds could hide ours among the old ones.
        let deletions = if first_page < past.len() { 0 } else { deletions };
        (0..deletions).for_each(|_| drop(tenant.happen(Event::OtherDeletes(0))));
        (0..ours).for_each(|_| drop(tenant.happen(Event::Lose(0))));
        for _ in 0..ours {
            let decision = tenant.happen(Event::Look(0)).unwrap();
            prop_assert!(matches!(decision.finding, Finding::Doubtful(_)), "{decision:?}");
        }
    }
}

const A: New = New(0, 0);
const OTHER_A: New = New(0, 1);

/// A tenant with one creation for each of the contents, all of which have landed, and lost their answers.
fn lost(past: &[New], first_page: usize, contents: &[New]) -> Tenant {
    let mut tenant = Tenant::new(past, first_page, false, Lists::All);
    let begun = contents.iter().map(|content| Event::Begin(*content));
    let landed = (0..contents.len()).map(Event::Land);
    for event in begun.chain(landed).chain(contents.iter().map(|_| Event::Lose(0))) {
        tenant.happen(event);
    }
    tenant
}

fn look(tenant: &mut Tenant) -> Result<String, Finding> {
    let Decision { finding, suspects, .. } = tenant.happen(Event::Look(0)).unwrap();
    match finding {
        Finding::Is(place) => Ok(suspects[place].clone()),
        other => Err(other),
    }
}

/// More than a first page needs to prove an order, and one behind it.
fn crowd() -> Vec<New> {
    [[New(9, 9); 20].as_slice(), &[A]].concat()
}

#[test]
fn what_has_landed_is_found() {
    assert_eq!(look(&mut lost(&[], 100, &[A])), Ok("id0".to_owned()));
    assert_eq!(look(&mut lost(&crowd(), 20, &[A])), Ok("id21".to_owned()), "behind the total");
}

#[test]
fn the_twin_that_is_replaced_is_not_taken_for_its_successor() {
    let mut tenant = lost(&[A], 100, &[A]);
    assert_eq!(look(&mut tenant), Ok("id1".to_owned()));
    let mut tenant = Tenant::new(&[A], 100, false, Lists::All);
    tenant.happen(Event::Begin(A));
    tenant.happen(Event::Lose(0));
    assert_eq!(look(&mut tenant), Err(Finding::Absent));
}

#[test]
fn a_twin_beyond_the_first_page_may_be_it_when_nothing_is_behind_the_total() {
    let mut tenant = Tenant::new(&crowd(), 20, false, Lists::All);
    tenant.happen(Event::Begin(A));
    tenant.happen(Event::Lose(0));
    assert_eq!(look(&mut tenant), Err(Finding::Doubtful(vec!["id20".to_owned()])));
}

#[test]
fn as_many_as_were_lost_are_shared_out() {
    let mut tenant = lost(&[], 100, &[A, A, A]);
    let found: BTreeSet<_> = (0..3).map(|_| look(&mut tenant).unwrap()).collect();
    assert_eq!(found.len(), 3);
    let mut tenant = lost(&[], 100, &[A, A, A]);
    tenant.objects.pop();
    let found: Vec<_> = (0..3).map(|_| look(&mut tenant)).collect();
    assert_eq!(found, [Ok("id0".to_owned()), Ok("id1".to_owned()), Err(Finding::Absent)]);
}

#[test]
fn a_namesake_that_differs_is_doubtful_unless_it_is_another_lost_one() {
    let mut tenant = lost(&[], 100, &[A, OTHER_A]);
    assert_eq!((look(&mut tenant), look(&mut tenant)), (Ok("id0".to_owned()), Ok("id1".to_owned())));
    let mut tenant = lost(&[], 100, &[A]);
    tenant.objects[0].content = OTHER_A;
    assert_eq!(look(&mut tenant), Err(Finding::Doubtful(vec!["id0".to_owned()])), "changed by somebody since");
}

#[test]
fn what_an_error_has_named_or_may_have_left_behind_is_taken_over_by_no_other() {
    let mut tenant = lost(&[], 100, &[A]);
    tenant.happen(Event::OtherCreates(A));
    let both = Err(Finding::Doubtful(vec!["id0".to_owned(), "id1".to_owned()]));
    assert_eq!(look(&mut tenant), both);
    for event in [Event::Begin(A), Event::Lose(0)] {
        tenant.happen(event);
    }
    tenant.objects.pop();
    assert_eq!(look(&mut tenant), Err(Finding::Doubtful(vec!["id0".to_owned()])), "named");

    let mut tenant = lost(&[], 100, &[A]);
    for event in [Event::GiveUp(0), Event::Begin(A), Event::Lose(0)] {
        tenant.happen(event);
    }
    assert_eq!(look(&mut tenant), Err(Finding::Doubtful(vec!["id0".to_owned()])), "left behind");
    for event in [Event::Begin(New(1, 0)), Event::Land(0), Event::Lose(0)] {
        tenant.happen(event);
    }
    assert_eq!(look(&mut tenant), Ok("id1".to_owned()), "of another name");
}

#[test]
fn what_cannot_be_read_may_be_it_and_what_is_not_surely_new_and_differs_is_not() {
    // Neither of the last two is on the first page, and the list does not show the first of them.
    let mut tenant = Tenant::new(&[crowd(), vec![OTHER_A]].concat(), 20, false, Lists::Gaps);
    for event in [Event::Begin(A), Event::Lose(0)] {
        tenant.happen(event);
    }
    assert_eq!(look(&mut tenant), Err(Finding::Doubtful(vec!["id20".to_owned()])));
}

#[test]
fn a_namesake_waits_while_one_is_lost_and_a_lost_one_while_one_is_under_way() {
    let mut ledger = Ledger::new();
    let (first, second) = (ledger.begin(A).unwrap(), ledger.begin(A).unwrap());
    ledger.lose(first);
    assert!(!ledger.is_settled(first));
    assert_eq!(ledger.begin(OTHER_A), Err(OTHER_A));
    assert!(ledger.begin(New(1, 0)).is_ok());
    ledger.answered(second, "x");
    assert!(ledger.is_settled(first));
    ledger.close(first);
    assert!(ledger.begin(OTHER_A).is_ok());
}

#[test]
fn a_list_whose_beginning_has_changed_proves_nothing_by_its_order() {
    let ids: Vec<String> = (0..30).map(|number| format!("id{number}")).collect();
    let before = Before::new(ids[..25].to_vec(), 26);
    let ages = |ids: &[&str]| before.ages(ids).split_off(ids.len() - 3);
    let listed: Vec<&str> = ids[..28].iter().map(String::as_str).collect();
    assert_eq!(ages(&listed), [Age::Unsure, Age::New, Age::New]);
    assert_eq!(ages(&listed[1..]), [Age::Unsure, Age::Unsure, Age::New], "one was deleted");
    assert_eq!(ages(&listed[10..]), [Age::Unsure; 3], "too few are left to prove the order");
    let among = [&["x"], listed.as_slice()].concat();
    assert_eq!(ages(&among), [Age::Unsure; 3], "a new one is not at the end");
    let all = Before::new(vec!["a".to_owned()], 1);
    assert_eq!(all.ages(&["x", "a"]), [Age::New, Age::Old], "all are known by their ids");
}
