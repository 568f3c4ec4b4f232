//! A tenant that others work on while it is read, and what a reader may see of it then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use terraform_provider_auth0::auth0::{Area, Client, Credentials, Flaw, Object, Seen, Session};
use terraform_provider_auth0::emulator::Emulator;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::gate::{Change, Gate};
use crate::auth0::{CLIENT_GRANTS, CLIENTS, RESOURCE_SERVERS, settings};

/// How many readers there are at once, as many as Terraform has by default.
const READERS: usize = 10;
/// Far longer than anything takes, even where others keep the machine busy.
const PATIENCE: Duration = Duration::from_mins(5);
/// What all applications are called: names are not unique.
const NAME: &str = "one of many";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    Applications,
    Grants,
    Apis,
}

impl Collection {
    fn area(self) -> &'static Area {
        match self {
            Self::Applications => &CLIENTS,
            Self::Grants => &CLIENT_GRANTS,
            Self::Apis => &RESOURCE_SERVERS,
        }
    }

    fn name(self) -> &'static str {
        self.area().path[0]
    }

    /// The property of an object that is its id, and the one that its text stands in.
    fn properties(self) -> (&'static str, &'static str) {
        let text = match self {
            Self::Applications => "description",
            Self::Grants => "scope",
            Self::Apis => "name",
        };
        (self.area().key, text)
    }

    /// The text of an object.
    fn text(self, object: &Object) -> String {
        let text = &object[self.properties().1];
        text.as_str().or_else(|| text[0].as_str()).unwrap().to_owned()
    }
}

/// What others do, in one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happening {
    /// The first and the last object of the list are deleted, which shifts all that are between them.
    Deletions,
    /// An object is created.
    Creation,
    /// The second and the last but one are changed.
    Changes,
    All,
}

/// A tenant that others work on as well, and what is known of it.
pub(super) struct Tenant {
    collection: Collection,
    gate: Arc<Gate>,
    /// Ids with what else is compared of each, in the order of the list.
    objects: Vec<(String, String)>,
    /// How many objects there have been, for texts that are all different.
    made: usize,
}

impl Tenant {
    /// So many objects, of which the first is made and the others are like it.
    pub(super) async fn with(collection: Collection, count: usize) -> Self {
        let mut tenant = Self { collection, gate: Gate::open(Emulator::start()).await, objects: Vec::new(), made: 0 };
        let (body, _) = tenant.another().await;
        tenant.gate.change(Method::POST, collection.name(), &body).await;
        let mut state = tenant.gate.state();
        if collection != Collection::Apis {
            multiply(&mut state["clients"], count, |client, id, text| {
                client["client_id"] = json!(id);
                client["description"] = json!(text);
            });
        }
        if collection == Collection::Apis {
            multiply(&mut state["resource_servers"], count, |api, id, text| {
                api["id"] = json!(id[id.len() - 24..]);
                api["identifier"] = json!(format!("api-{id}"));
                api["name"] = json!(text);
            });
        }
        if collection == Collection::Grants {
            let clients = state["clients"].clone();
            let offset = clients.as_array().unwrap().len() - count;
            multiply(&mut state["client_grants"], count, |grant, id, text| {
                let number: usize = text[1..].parse().unwrap();
                grant["id"] = json!(format!("cgr_{}", &id[id.len() - 16..]));
                grant["client_id"] = clients[offset + number]["client_id"].clone();
                grant["scope"] = json!([text]);
            });
        }
        let objects = state[collection.name().replace('-', "_")].as_array().unwrap();
        let objects = objects[objects.len() - count..].iter().map(|object| object.as_object().unwrap());
        tenant.objects = objects.map(|object| (tenant.id(object), collection.text(object))).collect();
        tenant.made = count;
        tenant.gate = Gate::open(Emulator::builder().state(state).start()).await;
        tenant
    }

    /// Applications and APIs are listed in the order of their creation, grants in that of their ids.
    fn sort(&mut self) {
        if self.collection == Collection::Grants {
            self.objects.sort();
        }
    }

    fn id(&self, object: &Object) -> String {
        object[self.collection.area().key].as_str().unwrap().to_owned()
    }

    /// What creates another object, and its text.
    async fn another(&mut self) -> (Value, String) {
        self.made += 1;
        let text = format!("t{}", self.made);
        let application = json!({ "name": NAME, "app_type": "non_interactive", "description": text });
        let body = match self.collection {
            Collection::Applications => application,
            Collection::Apis => json!({ "identifier": format!("another-{text}"), "name": text }),
            Collection::Grants => {
                let application = self.gate.change(Method::POST, "clients", &application).await;
                json!({ "client_id": application["client_id"], "audience": self.gate.audience(), "scope": [text] })
            }
        };
        (body, text)
    }

    fn client(&self) -> Client {
        let (client_id, client_secret) = self.gate.credentials();
        let mut settings = settings(self.gate.url(), Credentials::ClientSecret { client_id, client_secret });
        settings.audience = Some(self.gate.audience());
        settings.request_timeout = PATIENCE;
        Client::new(settings).unwrap()
    }

    /// Reads all objects as often as there are moments for this to happen. How many pages that takes.
    pub(super) async fn read_with(&mut self, happening: Happening) -> usize {
        for moment in 0.. {
            let due = self.arrange(happening, moment).await;
            let seen = self.read_all().await;
            let Some(created) = self.gate.happened() else { return moment };
            for (id, text) in &self.objects {
                due.check(id, text, seen[id].as_deref(), moment);
            }
            self.settle(&due, &created);
        }
        unreachable!()
    }

    /// Lists all objects as often as there are moments for this to happen.
    pub(super) async fn list_with(&mut self, happening: Happening) {
        for moment in 0.. {
            let due = self.arrange(happening, moment).await;
            let session = session(&self.client());
            // Some of the tenant's own applications have no text.
            let ours = |object: &Object| self.collection != Collection::Applications || object["name"] == NAME;
            let view = |object: &Object| Ok(ours(object).then(|| (self.id(object), self.collection.text(object))));
            let found = session.api(self.collection.area(), &[]).list(&[], view).await.unwrap();
            let Some(created) = self.gate.happened() else { return };
            let ids: BTreeSet<_> = found.iter().map(|(id, _)| id.clone()).collect();
            assert_eq!(ids.len(), found.len(), "moment {moment}: something is listed twice");
            let seen: BTreeMap<_, _> = found.into_iter().collect();
            for (id, text) in &self.objects {
                due.check(id, text, seen.get(id).map(String::as_str), moment);
            }
            self.settle(&due, &created);
        }
    }

    /// Has others do this before the list of that number.
    async fn arrange(&mut self, happening: Happening, moment: usize) -> Due {
        let (name, (_, property)) = (self.collection.name(), self.collection.properties());
        let mut due = Due::default();
        let mut changes = Vec::new();
        let last = self.objects.len() - 1;
        if matches!(happening, Happening::Deletions | Happening::All) {
            for place in [0, last] {
                let id = self.objects[place].0.clone();
                changes.push(Change { method: Method::DELETE, path: format!("{name}/{id}"), body: Value::Null });
                due.deleted.insert(id);
            }
        }
        if matches!(happening, Happening::Changes | Happening::All) {
            for place in [1, last - 1] {
                let (id, text) = self.objects[place].clone();
                let text = format!("{text}x");
                let value = if self.collection == Collection::Grants { json!([text]) } else { json!(text) };
                changes.push(Change {
                    method: Method::PATCH,
                    path: format!("{name}/{id}"),
                    body: json!({ property: value }),
                });
                due.changed.insert(id, text);
            }
        }
        if matches!(happening, Happening::Creation | Happening::All) {
            let (body, text) = self.another().await;
            changes.push(Change { method: Method::POST, path: name.to_owned(), body });
            due.created = text;
        }
        self.gate.arrange(name, moment, changes).await;
        due
    }

    /// Takes note of what has happened.
    fn settle(&mut self, due: &Due, created: &[Value]) {
        self.objects.retain(|(id, _)| !due.deleted.contains(id));
        for (id, text) in &mut self.objects {
            if let Some(changed) = due.changed.get(id) {
                text.clone_from(changed);
            }
        }
        for object in created {
            let object = (self.id(object.as_object().unwrap()), due.created.clone());
            self.objects.push(object);
        }
        self.sort();
    }

    /// Every object as a reader sees it who knows what it was before.
    async fn read_all(&self) -> BTreeMap<String, Option<String>> {
        let todo = Arc::new(Mutex::new(self.objects.clone()));
        let client = self.client();
        let mut readers = JoinSet::new();
        for _ in 0..READERS {
            let (todo, session, collection) = (Arc::clone(&todo), session(&client), self.collection);
            readers.spawn(async move {
                let mut seen = Vec::new();
                while let Some((id, text)) = { todo.lock().unwrap().pop() } {
                    let view = |object: &Object| {
                        let value = collection.text(object);
                        Ok::<_, Flaw>(Seen { same: Some(value == text), value })
                    };
                    let read = session.api(collection.area(), &[]).read(&id, view).await.unwrap();
                    seen.push((id, read));
                }
                seen
            });
        }
        readers.join_all().await.into_iter().flatten().collect()
    }
}

/// Makes `count` objects of the last one of a list.
fn multiply(list: &mut Value, count: usize, rename: impl Fn(&mut Value, &str, &str)) {
    let list = list.as_array_mut().unwrap();
    let pattern = list.pop().unwrap();
    list.extend((0..count).map(|number| {
        let mut object = pattern.clone();
        rename(&mut object, &format!("{number:032}"), &format!("t{number}"));
        object
    }));
}

/// An operation that time does not end.
fn session(client: &Client) -> Session {
    client.within(&CancellationToken::new(), Instant::now() + PATIENCE)
}

/// What is due to happen.
#[derive(Debug, Default)]
struct Due {
    deleted: BTreeSet<String>,
    changed: BTreeMap<String, String>,
    /// The text of the one that is created.
    created: String,
}

impl Due {
    /// Whether an object may be seen like this. While it changes, a reader may see it as it was or as it is.
    fn check(&self, id: &str, before: &str, seen: Option<&str>, moment: usize) {
        let fits = match seen {
            None => self.deleted.contains(id),
            Some(seen) => seen == before || self.changed.get(id).is_some_and(|after| after == seen),
        };
        assert!(fits, "moment {moment}: {id} was {before:?} and is seen as {seen:?}; due was {self:?}");
    }
}
