//! Create, read, update, delete and list, for the objects of every area.

use std::sync::Arc;

use reqwest::Method;

use super::area::Area;
use super::body::Body;
use super::creation::{Created, Creation};
use super::document::{Object, Seen};
use super::error::{Error, Flaw};
use super::objects::Objects;
use super::session::{Place, Session};

/// The objects of one area, or those of it that belong to one object of another.
pub struct Api<'a> {
    pub(super) session: &'a Session,
    pub(super) place: Arc<Place>,
}

impl Session {
    /// The objects of `area`. Where they belong to others, `parents` has the ids of these, outermost first.
    #[must_use]
    pub fn api(&self, area: &'static Area, parents: &[&str]) -> Api<'_> {
        Api { session: self, place: self.place(area, parents) }
    }
}

impl Api<'_> {
    pub(super) fn objects(&self) -> Objects<'_> {
        Objects { collection: &self.place.collection, operation: &self.session.operation }
    }

    /// Creates an object. If the response is lost, the object is looked for before anything is sent again, and taken over if
    /// `view` says that it is the same.
    pub async fn create<T: 'static>(
        &self,
        body: &Body,
        view: impl Fn(&Object) -> Result<Seen<T>, Flaw> + Send + Sync + 'static,
    ) -> Result<Created<T>, Error> {
        let _renewal = Renewal(self);
        Creation::new(self.objects(), body, Arc::new(view))?.run(&self.place.creations).await
    }

    /// Reads an object; `None` if there is none. It may come from a list, unless `view` says that the list shows it
    /// otherwise than it is known.
    pub async fn read<T>(&self, id: &str, view: impl Fn(&Object) -> Result<Seen<T>, Flaw>) -> Result<Option<T>, Error> {
        self.objects().read(id, view).await
    }

    /// Reads an object from itself and from no list; `None` if there is none.
    pub async fn read_singly<T>(
        &self,
        id: &str,
        view: impl Fn(&Object) -> Result<T, Flaw>,
    ) -> Result<Option<T>, Error> {
        let objects = self.objects();
        let request = objects.object(Method::GET, id)?;
        let document = objects.fetch_one(&request, id).await?;
        document.map(|document| view(&document.object)).transpose().map_err(|flaw| flaw.at(&request.endpoint))
    }

    /// Changes an object.
    pub async fn update<T>(
        &self,
        id: &str,
        body: &Body,
        view: impl Fn(&Object) -> Result<T, Flaw>,
    ) -> Result<T, Error> {
        let _renewal = Renewal(self);
        let objects = self.objects();
        let request = objects.object(Method::PATCH, id)?.json(body);
        let document = objects.fetch(&request, id).await?;
        view(&document.object).map_err(|flaw| flaw.at(&request.endpoint))
    }

    /// Deletes an object. One that is gone already is fine.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        let _renewal = Renewal(self);
        self.objects().delete(id).await
    }

    /// All objects that `filters` find and of which `view` makes something, in the order of their ids.
    pub async fn list<T>(
        &self,
        filters: &[(&str, &str)],
        view: impl Fn(&Object) -> Result<Option<T>, Flaw>,
    ) -> Result<Vec<T>, Error> {
        let documents = self.objects().list(filters).await?;
        let endpoint = self.objects().whole(Method::GET)?.endpoint;
        let values = documents.values().filter_map(|document| view(&document.object).transpose());
        values.collect::<Result<_, _>>().map_err(|flaw: Flaw| flaw.at(&endpoint))
    }
}

/// Ends a write, however it ends: nothing that was known before answers reads that come after it.
pub(super) struct Renewal<'a>(pub(super) &'a Api<'a>);

impl Drop for Renewal<'_> {
    fn drop(&mut self) {
        self.0.session.renew(self.0.place.collection.area);
    }
}
