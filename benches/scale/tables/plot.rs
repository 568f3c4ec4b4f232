//! Draws the requests of plans, `contributing/benchmarks/requests.svg`.

use plotters::prelude::*;

use super::requests::Point;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/contributing/benchmarks/requests.svg");

pub(crate) fn draw(points: &[Point]) {
    let area = SVGBackend::new(FILE, (800, 480)).into_drawing_area();
    area.fill(&WHITE).unwrap();
    let at = |count: usize| f64::from(u32::try_from(count).unwrap());
    let most = points.last().map_or(1, |point| point.pairs);
    let mut chart = ChartBuilder::on(&area)
        .caption("Requests of a plan without changes", ("sans-serif", 20))
        .margin(16)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d((1.0..at(most)).log_scale(), (1.0..at(3 * most)).log_scale())
        .unwrap();
    chart
        .configure_mesh()
        .x_desc("applications, each with a grant")
        .y_desc("requests")
        .x_label_formatter(&|pairs| format!("{pairs}"))
        .y_label_formatter(&|requests| format!("{requests}"))
        .label_style(("sans-serif", 14))
        .light_line_style(WHITE)
        .draw()
        .unwrap();
    let mut line = |name: &'static str, colour: RGBColor, requests: fn(&Point) -> usize| {
        let line = points.iter().map(|point| (at(point.pairs), at(requests(point))));
        let line = chart.draw_series(LineSeries::new(line, colour.stroke_width(2))).unwrap();
        line.label(name).legend(move |(x, y)| PathElement::new([(x, y), (x + 24, y)], colour.stroke_width(2)));
    };
    line("one for each object", RGBColor(200, 60, 40), |point| point.one_by_one);
    line("the bound in any case", RGBColor(150, 150, 150), |point| point.bound);
    line("this provider", RGBColor(30, 90, 180), |point| point.requests);
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font(("sans-serif", 14))
        .background_style(WHITE)
        .draw()
        .unwrap();
    area.present().unwrap();
    println!("\nplotted: {FILE}");
}
