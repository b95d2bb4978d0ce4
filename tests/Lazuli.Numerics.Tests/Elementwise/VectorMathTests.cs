using System.Runtime.Intrinsics;

namespace Lazuli.Numerics.Tests;

public sealed class VectorMathTests
{
    [Fact]
    public void Exponential_stays_under_its_error_bound_over_its_whole_range()
    {
        double worst = 0;
        for (double x = VectorMath.ExpUnderflow + 0.001; x < VectorMath.ExpOverflow - 0.001; x += 0.0173)
        {
            float argument = (float)x;
            double exact = Math.Exp(argument);
            float found = VectorMath.Exp(Vector256.Create(argument))[0];
            worst = Math.Max(worst, Math.Abs(found - exact) / exact);
        }

        Assert.InRange(worst, 0, VectorMath.ExpMaxRelativeError);
    }

    [Fact]
    public void Powers_of_two_stay_under_their_error_bound_over_their_whole_range()
    {
        double worst = 0;
        for (double x = -125.99; x < 127.49; x += 0.0173)
        {
            float argument = (float)x;
            double exact = Math.Pow(2, argument);
            worst = Math.Max(worst, Math.Abs(VectorMath.Exp2Bounded(Vector256.Create(argument))[0] - exact) / exact);
        }

        Assert.InRange(worst, 0, VectorMath.Exp2MaxRelativeError);
    }

    [Theory]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(-1e30f, 0f)]
    [InlineData(-126.5f, 0f)]
    [InlineData(-126f, 1.17549435e-38f)]
    [InlineData(0f, 1f)]
    [InlineData(10f, 1024f)]
    [InlineData(128f, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Powers_of_two_of_special_values(float x, float expected) => Assert.Equal(expected, VectorMath.Exp2Bounded(Vector256.Create(x))[3]);

    [Theory]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(-1e30f, 0f)]
    [InlineData(-87.5f, 0f)]
    [InlineData(0f, 1f)]
    [InlineData(89f, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Exponential_of_special_values(float x, float expected) => Assert.Equal(expected, VectorMath.Exp(Vector256.Create(x))[3]);

    [Theory]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(0f, 0.5f)]
    [InlineData(float.NaN, float.NaN)]
    public void Sigmoid_of_special_values(float x, float expected) => Assert.Equal(expected, VectorMath.Sigmoid(Vector256.Create(x))[0]);

    [Fact]
    public void Sums_and_maxima_take_every_lane()
    {
        var v = Vector256.Create(1f, 2f, 4f, 8f, 16f, 32f, 64f, 128f);
        Assert.Equal(255f, VectorMath.Sum(v));
        Assert.Equal(128f, VectorMath.Max(v));
        for (int lane = 0; lane < 8; lane++)
        {
            Assert.Equal(float.NaN, VectorMath.Max(v.WithElement(lane, float.NaN)));
            Assert.Equal(500f, VectorMath.Max(v.WithElement(lane, 500f)));
        }
    }
}
