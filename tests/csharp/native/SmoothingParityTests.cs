// SPDX-License-Identifier: MIT OR Apache-2.0
using System.Linq;
using NUnit.Framework;

namespace Hemline.Tests
{
    /// <summary>Smoothing and filters of dense weights.</summary>
    [TestFixture]
    public class SmoothingParityTests : ParityTests
    {
        [Test]
        public void RadiusSmoothing()
        {
            using (RadiusGraph graph = RadiusGraph.Create(Outfit, 0.015f))
            {
                float[] weights = Expected.Floats("dense");
                Smoothing.Radius(graph, weights, Groups);
                Expected.SameBits(Expected.Floats("smoothed"), weights, "smoothed");

                weights = Expected.Floats("dense");
                var options = SmoothOptions.Default;
                options.Falloff = Falloff.Linear;
                options.Iterations = 2;
                Smoothing.Radius(graph, weights, Groups, Expected.Floats("mask"), options);
                Expected.SameBits(Expected.Floats("smoothed_linear"), weights, "linear");
            }
        }

        [Test]
        public void MaxFilter()
        {
            using (RadiusGraph graph = RadiusGraph.Acquire(Outfit, 0.01f))
            {
                float[] weights = Expected.Floats("dense");
                Smoothing.MaxFilter(graph, weights, Groups);
                Expected.SameBits(Expected.Floats("max_filtered"), weights, "filtered");
            }
        }

        [Test]
        public void FiltersAndUpdates()
        {
            using (RadiusGraph graph = RadiusGraph.Create(Outfit, 0.01f))
            {
                float[] weights = Expected.Floats("dense");
                Smoothing.MinFilter(graph, weights, Groups);
                Expected.SameBits(Expected.Floats("min_filtered"), weights, "min");
                weights = Expected.Floats("dense");
                Smoothing.DecayingMax(graph, weights, Groups);
                Expected.SameBits(Expected.Floats("decaying_max"), weights, "decaying");
            }

            using (RadiusGraph graph = RadiusGraph.Create(Outfit, 0.015f))
            {
                float[] before = Expected.Floats("dense"), after = Expected.Floats("dense"), result = Expected.Floats("dense");
                Smoothing.Radius(graph, result, Groups);
                after[5] += 0.5f;
                byte[] changed = Distances.FindChangedRows<float>(before, after, Groups);
                byte[] updated = Smoothing.Update(graph, graph, changed, after, Groups, result);
                Assert.Greater(updated.Sum(mark => mark), 0);
                Assert.Less(updated.Sum(mark => mark), updated.Length);
                Smoothing.Radius(graph, after, Groups);
                Expected.SameBits(after, result, "updated");
            }
        }

        [Test]
        public void EdgeSmoothing()
        {
            float[] weights = Expected.Floats("dense");
            var options = EdgeSmoothOptions.Default;
            options.Iterations = 3;
            Smoothing.OnEdges(Expected.Ints("edges"), weights, Groups, options: options);
            Expected.SameBits(Expected.Floats("smoothed_on_edges"), weights, "smoothed");
        }
    }
}
