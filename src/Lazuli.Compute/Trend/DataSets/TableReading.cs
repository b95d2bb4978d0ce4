namespace Lazuli.Compute;

/// <summary>What reading a table left out or found odd; every count is of rows.</summary>
/// <param name="Rows">Rows under the heading.</param>
/// <param name="WithoutCompute">Left out: no value for compute.</param>
/// <param name="WithoutDate">Left out: compute, but no date.</param>
/// <param name="Repeated">Left out: the same name, date and compute once more.</param>
/// <param name="SharedNames">Kept: another row of the table has the same name.</param>
/// <param name="CoarseDates">Kept: the date is known to the month or year only.</param>
public sealed record TableReading(int Rows, int WithoutCompute, int WithoutDate, int Repeated, int SharedNames, int CoarseDates)
{
    /// <summary>The sum of two readings.</summary>
    public TableReading Plus(TableReading other) => new(
        Rows + other.Rows,
        WithoutCompute + other.WithoutCompute,
        WithoutDate + other.WithoutDate,
        Repeated + other.Repeated,
        SharedNames + other.SharedNames,
        CoarseDates + other.CoarseDates);
}
