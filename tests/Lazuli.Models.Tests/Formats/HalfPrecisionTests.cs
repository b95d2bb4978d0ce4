namespace Lazuli.Models.Tests;

public sealed class HalfPrecisionTests
{
    [Fact]
    public void Every_binary16_survives_widening_and_narrowing()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            float wide = HalfPrecision.FromFloat16((ushort)bits);
            if (float.IsNaN(wide))
            {
                Assert.True(float.IsNaN(HalfPrecision.FromFloat16(HalfPrecision.ToFloat16(wide))));
            }
            else
            {
                Assert.Equal((ushort)bits, HalfPrecision.ToFloat16(wide));
            }
        }
    }

    [Fact]
    public void Narrowing_to_binary16_goes_to_the_nearest_and_ties_to_even()
    {
        for (int bits = 0; bits < 0x7BFF; bits++)
        {
            float low = HalfPrecision.FromFloat16((ushort)bits);
            float high = HalfPrecision.FromFloat16((ushort)(bits + 1));
            float middle = (float)(((double)low + high) / 2); // exact: one bit more than binary16 has
            ushort even = (ushort)((bits & 1) == 0 ? bits : bits + 1);
            Assert.Equal(even, HalfPrecision.ToFloat16(middle));
            Assert.Equal((ushort)bits, HalfPrecision.ToFloat16(MathF.BitDecrement(middle)));
            Assert.Equal((ushort)(bits + 1), HalfPrecision.ToFloat16(MathF.BitIncrement(middle)));
            Assert.Equal((ushort)(even | 0x8000), HalfPrecision.ToFloat16(-middle));
        }
    }

    [Theory]
    [InlineData(65504f, 0x7BFF)]
    [InlineData(65519.996f, 0x7BFF)]
    [InlineData(65520f, 0x7C00)]
    [InlineData(float.MaxValue, 0x7C00)]
    [InlineData(float.NegativeInfinity, 0xFC00)]
    [InlineData(float.Epsilon, 0x0000)]
    [InlineData(-float.Epsilon, 0x8000)]
    [InlineData(2.9802322e-8f, 0x0000)] // half of the least subnormal: a tie, to even
    [InlineData(2.9802326e-8f, 0x0001)]
    public void Narrowing_to_binary16_at_the_edges(float value, int expected) => Assert.Equal((ushort)expected, HalfPrecision.ToFloat16(value));

    [Fact]
    public void Narrowing_to_bfloat16_goes_to_the_nearest_and_ties_to_even()
    {
        for (int bits = 0; bits < 0x7F80; bits++)
        {
            uint low = (uint)bits << 16;
            ushort even = (ushort)((bits & 1) == 0 ? bits : bits + 1);
            Assert.Equal((ushort)bits, HalfPrecision.ToBFloat16(BitConverter.UInt32BitsToSingle(low)));
            Assert.Equal(even, HalfPrecision.ToBFloat16(BitConverter.UInt32BitsToSingle(low | 0x8000)));
            Assert.Equal((ushort)bits, HalfPrecision.ToBFloat16(BitConverter.UInt32BitsToSingle(low | 0x7FFF)));
            Assert.Equal((ushort)(bits + 1), HalfPrecision.ToBFloat16(BitConverter.UInt32BitsToSingle(low | 0x8001)));
        }
    }

    [Theory]
    [InlineData(0x7F800001u)]
    [InlineData(0xFF800001u)]
    [InlineData(0x7FFFFFFFu)]
    [InlineData(0xFFFFFFFFu)]
    public void NaN_stays_NaN(uint bits)
    {
        float nan = BitConverter.UInt32BitsToSingle(bits);
        Assert.True(float.IsNaN(HalfPrecision.FromBFloat16(HalfPrecision.ToBFloat16(nan))));
        Assert.True(float.IsNaN(HalfPrecision.FromFloat16(HalfPrecision.ToFloat16(nan))));
    }
}
