using CsCheck;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

public sealed class CalendarMonthTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2026")]
    [InlineData("2026-1")]
    [InlineData("2026-00")]
    [InlineData("2026-13")]
    [InlineData("2026/11")]
    [InlineData("2026-11-01")]
    [InlineData(" 2026-11")]
    [InlineData("2026-11 ")]
    [InlineData("20261-1")]
    [InlineData("+026-11")]
    [InlineData("2026-+1")]
    [InlineData("1999-12")]
    [InlineData("9999-12")]
    [InlineData("٢٠٢٦-11")]
    public void Refuses_what_is_not_a_year_and_a_month(string? text) => Assert.False(CalendarMonth.TryParse(text, out _));

    [Fact]
    public void Reads_what_it_writes() =>
        Gen.Select(Gen.Int[2000, 9998], Gen.Int[1, 12]).Sample((year, month) =>
        {
            CalendarMonth made = CalendarMonth.Of(new DateTimeOffset(year, month, 1, 0, 0, 0, TimeSpan.Zero));
            Assert.True(CalendarMonth.TryParse(made.ToString(), out CalendarMonth read));
            Assert.Equal(made, read);
            Assert.Equal(month == 12 ? (year + 1, 1) : (year, month + 1), (read.End.Year, read.End.Month));
        });

    [Fact]
    public void Is_a_month_of_universal_time() =>
        Assert.Equal("2026-10", CalendarMonth.Of(new DateTimeOffset(2026, 11, 1, 1, 0, 0, TimeSpan.FromHours(2))).ToString());

    [Theory]
    [InlineData("default", true)]
    [InlineData("a", true)]
    [InlineData("team-7_x.y", true)]
    [InlineData("", false)]
    [InlineData("-x", false)]
    [InlineData("a b", false)]
    [InlineData("=cmd", false)]
    [InlineData("a\nb", false)]
    [InlineData("é", false)]
    public void Knows_the_name_of_a_project(string name, bool isValid) => Assert.Equal(isValid, ProjectName.IsValid(name));

    [Fact]
    public void Knows_a_name_that_is_too_long() => Assert.False(ProjectName.IsValid(new string('a', 65)));
}
