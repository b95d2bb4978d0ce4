using CsCheck;
using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class StepPlannerTests
{
    private readonly PageTable _table = new(slots: 16, pages: 400, pageSize: 8, pagesPerSequence: 50);
    private readonly StepBatch _batch = new(maxRows: 64, maxLogitRows: 32, vocabularySize: 10);
    private readonly Dictionary<string, PartyShare> _shares = [];
    private StepPlanner? _planner;
    private long _steps;

    [Fact]
    public void Every_decoding_sequence_has_its_row_whatever_prompts_want()
    {
        List<ActiveSequence> running = [.. Enumerable.Range(0, 10).Select(_ => Decoding("a")), Prompt("a", 300)];
        Plan(running, 256);
        Assert.All(running[..10], sequence => Assert.Equal((1, 1), (sequence.StepRows, sequence.LogitRows)));
        Assert.Equal((54, 0), (running[10].StepRows, running[10].LogitRows));
        Assert.Equal(64, _batch.Rows);
    }

    [Fact]
    public void A_prompt_asks_for_logits_with_its_last_token_only()
    {
        ActiveSequence prompt = Prompt("a", 50);
        Plan([prompt], 30);
        Assert.Equal((30, 0), (prompt.StepRows, prompt.LogitRows));
        Plan([prompt], 30);
        Assert.Equal((20, 1), (prompt.StepRows, prompt.LogitRows));
        Assert.Equal(0, prompt.Left);
    }

    [Fact]
    public void Parties_share_a_step_s_prompt_rows_by_weight_not_by_prompts()
    {
        _shares["heavy"] = new PartyShare(new ComputeParty("p", "heavy"), weight: 3);
        List<ActiveSequence> running = [.. Enumerable.Range(0, 5).Select(_ => Prompt("many", 300)), Prompt("heavy", 300)];
        Plan(running, 32);
        Assert.Equal(8, running[..5].Sum(sequence => sequence.StepRows));
        Assert.Equal(24, running[5].StepRows);
    }

    [Fact]
    public void Prompts_of_a_party_take_turns_over_steps()
    {
        List<ActiveSequence> running = [.. Enumerable.Range(0, 4).Select(_ => Prompt("a", 100))];
        var fed = new int[4];
        for (int step = 0; step < 8; step++)
        {
            Plan(running, 8);
            for (int i = 0; i < 4; i++)
            {
                fed[i] += running[i].StepRows;
            }
        }

        Assert.Equal([16, 16, 16, 16], fed);
    }

    [Fact]
    public void Prompts_of_higher_priority_go_first_and_the_rest_is_not_wasted()
    {
        List<ActiveSequence> running = [Prompt("a", 100, priority: 2), Prompt("b", 20), Prompt("a", 100, priority: 1)];
        Plan(running, 40);
        Assert.Equal([0, 20, 20], running.Select(sequence => sequence.StepRows));
    }

    [Fact]
    public void No_row_is_given_twice_nor_left_over_while_somebody_wants_it() => Gen.Select(Gen.Int[1, 60].Array[1, 12], Gen.Int[0, 80], Gen.Int[0, 4]).Sample((lengths, rows, decoding) =>
    {
        var test = new StepPlannerTests();
        List<ActiveSequence> running = [.. lengths.Select((length, i) => test.Prompt($"{i % 3}", length, i % 2)), .. Enumerable.Range(0, decoding).Select(_ => test.Decoding("x"))];
        int wanted = lengths.Sum();
        test.Plan(running, rows);
        int given = running[..lengths.Length].Sum(sequence => sequence.StepRows);
        Assert.Equal(Math.Min(Math.Min(rows, wanted), 64 - decoding), given);
        Assert.Equal(given + decoding, test._batch.Rows);
        Assert.Equal(running.Sum(sequence => sequence.LogitRows), test._batch.LogitRows);
        Assert.Equal(test._batch.Rows, test._batch.PoolRows.ToArray().Distinct().Count());
        Assert.All(running, sequence => Assert.Equal(sequence.StepStart + sequence.StepRows, sequence.Position));
    });

    private void Plan(List<ActiveSequence> running, int rows)
    {
        foreach (ActiveSequence sequence in running.Where(s => s.Left == 0))
        {
            sequence.Known++; // a token was chosen
        }

        _planner ??= new StepPlanner(_batch, _table);
        _planner.Plan(running, rows, ++_steps);
        foreach (ActiveSequence sequence in running)
        {
            sequence.Job.Share.Serve(sequence.StepRows);
        }
    }

    private ActiveSequence Decoding(string party)
    {
        ActiveSequence sequence = Prompt(party, 3);
        sequence.Position = 3;
        sequence.Known = 4;
        return sequence;
    }

    private ActiveSequence Prompt(string party, int length, int priority = 0)
    {
        if (!_shares.TryGetValue(party, out PartyShare? share))
        {
            _shares[party] = share = new PartyShare(new ComputeParty("p", party), weight: 1);
        }

        var job = new GenerationJob(new int[length], new SamplingOptions(), seed: 1, maxNewTokens: 5, choices: 1, isChat: false, new StopMatcher([]), new SilentSink(), share.Party, priority: priority) { Share = share, Arrival = _table.Slots - _table.FreeSlots };
        ActiveSequence sequence = job.NewSequence(0);
        Assert.True(new PageBudget(_table, prefixes: null, static _ => { }).TryOpen(sequence, spare: 0));
        return sequence;
    }
}
