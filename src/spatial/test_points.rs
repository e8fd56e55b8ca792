//! Point sets for tests.

use glam::Vec3;

/// Repeatable numbers in `[0, 1)`.
pub(crate) fn numbers(seed: u32) -> impl FnMut() -> f32 {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    }
}

/// A wavy sheet of one square metre, in no order.
pub(crate) fn sheet(count: usize, seed: u32) -> Vec<Vec3> {
    let mut next = numbers(seed);
    (0..count)
        .map(|_| {
            let (x, y) = (next() - 0.5, next() - 0.5);
            Vec3::new(x, y, 1.0 + 0.1 * (7.0 * x).sin() * (5.0 * y).cos())
        })
        .collect()
}

/// Point sets that break careless searches, each with a radius.
pub(crate) fn adversarial() -> Vec<(&'static str, Vec<Vec3>, f32)> {
    let lattice =
        |count: usize, step: Vec3| (0..count).map(|i| step * i as f32).collect::<Vec<_>>();
    let mut far = sheet(50, 3);
    far.extend([
        Vec3::splat(3e38),
        Vec3::splat(-3e38),
        Vec3::new(1e12, 0.0, 0.0),
        Vec3::splat(3e38),
    ]);
    let mut mixed = vec![Vec3::new(0.25, 0.5, -0.125); 40];
    mixed.extend(sheet(40, 4));
    mixed.extend([Vec3::new(0.25, 0.5, -0.125); 40]);
    vec![
        ("none", vec![], 0.1),
        ("one", vec![Vec3::new(-0.0, 5.0, 1e-30)], 0.1),
        ("two within", vec![Vec3::ZERO, Vec3::new(0.1, 0.0, 0.0)], 0.1),
        ("identical", vec![Vec3::splat(0.3); 300], 0.1),
        ("identical and others", mixed, 0.1),
        ("collinear, on the cells' bounds", lattice(200, Vec3::new(0.05, 0.0, 0.0)), 0.1),
        ("collinear, oblique", lattice(200, Vec3::new(-0.03, 0.02, 0.01)), 0.1),
        ("planar", sheet(300, 5).iter().map(|p| Vec3::new(p.x, p.y, 0.0)).collect(), 0.1),
        ("astronomical extent", far, 0.1),
        ("all in one ball", sheet(100, 6), 1e6),
        ("all apart", sheet(100, 7), 1e-8),
        ("far from the origin", sheet(300, 8).iter().map(|p| *p + Vec3::splat(1e4)).collect(), 0.1),
    ]
}
