# What engines before this one got wrong in playbooks, a context for each group of their defects.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'WorkflowSetup.ps1')

    function Get-Story($Workflow) { $Workflow.Results | ForEach-Object { "$($_.StepName) $($_.Status)" } }

    # A step that is there at the same time as others, or fails.
    $meet = '$all = [AppDomain]::CurrentDomain.GetData("oe-workflow-test"); $null = $all.Signal(); if (-not $all.Wait(60000)) { throw "alone" }'

    function Write-Script([string] $Name, [string] $Text) {
        $scripts = New-Item -ItemType Directory -Force (Join-Path $folder 'automation-scripts')
        Set-Content (Join-Path $scripts "$Name.ps1") $Text
    }
}

AfterAll { Remove-WorkflowFolder }

Describe 'A playbook' {
    Context '1: that never ended' {
        It 'ends after a failure that is tolerated, beside others' {
            $steps = @{ name = 'bad'; command = 'throw "no"' }, @{ name = 'a'; command = '1' }, @{ name = 'b'; command = '2' }
            $result = Invoke-Guarded @{ name = 'x'; Options = @{ Parallel = $true; StopOnError = $false }; steps = $steps }
            Get-Story $result | Should -Be 'bad Failed', 'a Succeeded', 'b Succeeded'
        }

        It 'is refused if its steps wait for each other in a circle' {
            $steps = @{ Name = 'a'; Command = '1'; Dependencies = @('b') }, @{ Name = 'b'; Command = '2'; Dependencies = @('a') }
            { Invoke-PlaybookWorkflow -PlaybookDefinition @{ Name = 'x'; Sequence = $steps } -ErrorAction Stop } | Should -Throw '*a*b*'
        }

        It 'skips what depends on a step that failed, and says why' {
            $steps = @{ Name = 'a'; Command = 'throw "no"'; Parallel = $true }, @{ Name = 'b'; Command = '2'; Dependencies = @('a'); Parallel = $true }
            $result = Invoke-Guarded @{ Name = 'x'; Sequence = $steps; Options = @{ Parallel = $true } }
            Get-Story $result | Should -Be 'a Failed', 'b Skipped'
            $result.Results[1].Reason | Should -BeLike "*'a'*"
        }
    }

    Context '2: that did not stop' {
        It 'runs no script after one that failed' {
            Write-Script 0501_Bad 'exit 5'
            Write-Script 0502_Next 'Set-Content ran 0502'
            Write-Script 0503_Last 'Set-Content ran 0503'
            $result = Invoke-Guarded @{ Name = 'x'; Sequence = @('0501', '0502', '0503'); Options = @{ StopOnError = $true } }
            Get-Story $result | Should -Be '0501 Failed', '0502 Stopped', '0503 Stopped'
            $result.Results[0].ExitCode | Should -Be 5
            Test-Path ran | Should -BeFalse
        }
    }

    Context '3: that ran five steps at once, whatever it was told' {
        It 'runs ten at once' {
            Set-Shared ([Threading.CountdownEvent]::new(10))
            $steps = 1..10 | ForEach-Object { @{ Name = "step $_"; Command = $meet; Parallel = $true } }
            $result = Invoke-Guarded @{ Name = 'x'; Sequence = $steps; Options = @{ Parallel = $true; MaxConcurrency = 10 } }
            $result.Results.Where{ $_.Success }.Count | Should -Be 10
        }

        It 'counts a time limit from when a step really starts' {
            $steps = @{ Name = 'first'; Command = 'Start-Sleep -Milliseconds 2500'; Parallel = $true }, @{ Name = 'second'; Command = '2'; Timeout = 2; Parallel = $true }
            $result = Invoke-Guarded @{ Name = 'x'; Sequence = $steps; Options = @{ Parallel = $true; MaxConcurrency = 1 } }
            Get-Story $result | Should -Be 'first Succeeded', 'second Succeeded'
        }
    }

    Context '4: whose result said nothing' {
        It 'has a result for each step, with its name and its success' {
            $result = Invoke-Guarded @{ name = 'x'; steps = @(@{ name = 'a'; command = '1' }, @{ name = 'b'; command = '2' }, @{ name = 'c'; condition = '$false'; command = '3' }) }
            $result.Results | ForEach-Object { "$($_.StepName) $($_.Success) $($_.Status)" } | Should -Be 'a True Succeeded', 'b True Succeeded', 'c False Skipped'
            $result.Success, $result.TotalSteps, $result.StepsExecuted | Should -Be $true, 3, 2
        }

        It 'has a JUnit report with a case for each step, green where they passed' {
            $file = Join-Path $folder 'reports/junit.xml'
            $odd = "a`0b $([char]27)[31m ]]> <x>&amp; $([char]0xFFFF)"
            $null = Invoke-PlaybookWorkflow -JUnitPath $file -Parameters @{ odd = $odd } -PlaybookDefinition @{ name = 'two'; steps = @(@{ name = 'a'; command = 'Write-Error bad; $params.odd' }, @{ name = 'b'; command = '2' }) } -ErrorAction SilentlyContinue
            $suite = ([xml](Get-Content $file -Raw)).testsuites.testsuite
            "$($suite.name) $($suite.tests) $($suite.failures) $($suite.errors) $($suite.skipped)" | Should -Be 'two 2 0 0 0'
            $suite.testcase | ForEach-Object { "$($_.classname) $($_.name)" } | Should -Be 'two a', 'two b'
            $suite.testcase[0].'system-out' | Should -BeLike 'a?b ?`[31m ]]> <x>&amp; ?*'
        }

        It 'has one that is red where something failed or nothing ran, and none where nothing was to run' {
            $file = Join-Path $folder 'red.xml'
            $null = Invoke-PlaybookWorkflow -JUnitPath $file -PlaybookDefinition @{ name = 'x'; steps = @(@{ name = 'a'; command = 'throw "oh <no>"' }, @{ name = 'b'; command = '2' }) } -ErrorAction SilentlyContinue
            $cases = ([xml](Get-Content $file -Raw)).testsuites.testsuite.testcase
            $cases[0].failure.message, $cases[1].skipped.message | Should -Be 'oh <no>', '`a` did not succeed'
            $null = Invoke-PlaybookWorkflow -JUnitPath $file -PlaybookDefinition @{ name = 'x'; steps = @(@{ name = 'a'; condition = '$false'; command = '1' }) }
            $suite = ([xml](Get-Content $file -Raw)).testsuites.testsuite
            "$($suite.tests) $($suite.errors) $($suite.skipped) $($suite.testcase[1].error.message)" | Should -Be '2 1 1 no step ran'
            { Invoke-PlaybookWorkflow -JUnitPath $file -PlaybookDefinition @{ name = 'x'; steps = @(@{ command = '{{none}}' }) } } | Should -Throw
            Test-Path $file | Should -BeFalse
        }

        It 'has one also where it was stopped' {
            $file = Join-Path $folder 'stopped.xml'
            $running = Invoke-PlaybookWorkflow -NoWait -JUnitPath $file -PlaybookDefinition @{ name = 'x'; steps = @(@{ name = 'a'; command = "New-Item '$folder/here'; Start-Sleep -Seconds 600" }, @{ name = 'b'; command = '2' }) }
            Wait-Until { Test-Path "$folder/here" }
            Stop-PlaybookWorkflow $running.WorkflowId
            Wait-Until { $running.Status -ne 'Running' }
            ([xml](Get-Content $file -Raw)).testsuites.testsuite.testcase.error.message | Should -Be 'it was stopped', 'it was stopped'
        }
    }

    Context '5: whose environment was everybody''s' {
        It 'gives each step its own' {
            $env:OE_TEST_MINE = 'caller'
            try {
                $steps = 'one', 'two' | ForEach-Object { @{ Name = $_; Command = '$env:OE_TEST_MINE'; Environment = @{ OE_TEST_MINE = "of $_" }; Parallel = $true } }
                $steps += @{ Name = 'none'; Command = '$env:OE_TEST_MINE'; Parallel = $true }
                $result = Invoke-Guarded @{ Name = 'x'; Sequence = $steps; Options = @{ Parallel = $true } }
                $result.Results.Output | Should -Be 'of one', 'of two', 'caller'
                $env:OE_TEST_MINE | Should -Be 'caller'
            } finally { Remove-Item Env:OE_TEST_MINE }
        }
    }

    Context '6: of the first module' {
        It 'runs steps beside each other with -ExecutionMode parallel' {
            Set-Shared ([Threading.CountdownEvent]::new(2))
            $result = Invoke-Guarded @{ name = 'x'; steps = @(@{ name = 'a'; command = $meet }, @{ name = 'b'; command = $meet }) } @{ ExecutionMode = 'parallel' }
            Get-Story $result | Should -Be 'a Succeeded', 'b Succeeded'
        }

        It 'does not blame a step for the exit code of the one before' {
            $steps = @{ name = 'native'; command = 'pwsh -NoProfile -NonInteractive -Command "exit 3"'; continueOnError = $true }, @{ name = 'pure'; command = '$x = 1; "fine $x"' }
            $result = Invoke-Guarded @{ name = 'x'; steps = $steps }
            $result.Results | ForEach-Object { "$($_.StepName) $($_.Status) $($_.ExitCode)" } | Should -Be 'native Failed 3', 'pure Succeeded 0'
        }

        It 'lets a command fail that ends in an error' {
            Get-Story (Invoke-Guarded @{ name = 'x'; steps = @(@{ name = 'a'; command = 'Write-Error "no"' }) }) | Should -Be 'a Failed'
        }

        It 'lets a parallel step fail whose program ends with 3' {
            $inside = @(@{ name = 'a'; command = 'pwsh -NoProfile -NonInteractive -Command "exit 3"' }, @{ name = 'b'; command = '1' })
            $result = Invoke-Guarded @{ name = 'x'; steps = @(@{ name = 'both'; type = 'parallel'; parallel = $inside }) }
            $result.Status | Should -Be Failed
            $result.Results.Where{ $_.StepName -eq 'both/a' }.ExitCode | Should -Be 3
        }

        It 'counts no more steps than there are' {
            $branch = @{ name = 'choice'; type = 'condition'; condition = '$true'; then = @(@{ name = 'x'; command = '1' }, @{ name = 'y'; command = '2' }) }
            $result = Invoke-Guarded @{ name = 'x'; steps = @($branch) }
            $result.StepsExecuted, $result.TotalSteps, $result.CurrentStep | Should -Be 2, 2, 2
        }

        It 'needs the modules that it says it needs' {
            $steps = @(@{ name = 'a'; command = 'Set-Content ran-without x' })
            { Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'x'; requiredModules = @('Pester', 'NoSuchModuleAnywhere'); steps = $steps } } |
                Should -Throw 'The playbook needs modules that are not there: NoSuchModuleAnywhere.' -ErrorId 'PlaybookModulesMissing,*'
            Test-Path ran-without | Should -BeFalse
            $module = New-Item -ItemType Directory -Force (Join-Path $folder 'own/OwnModule')
            Set-Content (Join-Path $module 'OwnModule.psm1') 'function Get-Own { "own" }'
            $own = @{ name = 'x'; requiredModules = @('OwnModule'); options = @{ modulePath = @((Join-Path $folder 'own')) }; steps = @(@{ name = 'a'; command = 'Get-Own' }) }
            (Invoke-Guarded $own).Results[0].Output | Should -Be own
        }

        It 'is kept, so that it is known of later' {
            $result = Invoke-Guarded @{ name = 'kept'; steps = @(@{ name = 'a'; command = '1' }) }
            (Get-PlaybookStatus -WorkflowId $result.WorkflowId).Status | Should -Be Completed
            Get-ChildItem (Join-Path $folder 'orchestration/state') -File | Should -Not -BeNullOrEmpty
        }

        It 'is of a module that exports nothing that is not there' {
            $module = Get-Module OrchestrationEngine
            $promised = (Import-PowerShellDataFile (Join-Path $module.ModuleBase 'OrchestrationEngine.psd1')).CmdletsToExport
            $promised.Count | Should -BeGreaterThan 20
            $promised | Where-Object { -not $module.ExportedCmdlets.ContainsKey($_) } | Should -BeNullOrEmpty
        }
    }

    Context '7: whose parallel steps heeded nothing' {
        It 'starts nothing more after a failure' {
            $steps = @(@{ Name = 'bad'; Command = 'throw "no"'; Parallel = $true }) + (1..5 | ForEach-Object { @{ Name = "later $_"; Command = 'Set-Content began x'; Parallel = $true } })
            $result = Invoke-Guarded @{ Name = 'x'; Sequence = $steps; Options = @{ Parallel = $true; MaxConcurrency = 1; StopOnError = $true } }
            $result.Results.Where{ $_.StepName -like 'later*' }.Status | Should -Not -Contain Succeeded
            Test-Path began | Should -BeFalse
        }

        It 'heeds a condition, a loop, a command and a time limit' {
            $steps = @(
                @{ Name = 'no'; Condition = '$false'; Command = '1'; Parallel = $true }
                @{ Name = 'each'; ForEach = @('x', 'y'); Command = '"of $_"'; Parallel = $true }
                @{ Name = 'late'; Command = '[Threading.Thread]::Sleep(100000)'; Timeout = 1; Parallel = $true }
            )
            $result = Invoke-Guarded @{ Name = 'x'; Sequence = $steps; Options = @{ Parallel = $true; StopOnError = $false } }
            $result.Results.Where{ $_.StepType -eq 'script' } | ForEach-Object { "$($_.Status) $($_.Output)" } |
                Should -Be 'Skipped ', 'Succeeded of x', 'Succeeded of y', 'TimedOut '
        }
    }

    Context '8: that could not go on' {
        It 'goes on with what its steps were told, and runs again only what has to be' {
            $steps = @(
                @{ name = 'once'; command = 'Add-Content times x; "{{who}}"' }
                @{ name = 'mended'; command = 'if (-not (Test-Path mended)) { throw "not yet" }; "now {{who}}"' }
            )
            $failed = Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'x'; steps = $steps } -Parameters @{ who = 'me' } -ErrorAction SilentlyContinue
            (Get-PlaybookStatus -WorkflowId $failed.WorkflowId).Status | Should -Be Failed
            Set-Content mended x
            $result = Resume-PlaybookWorkflow -WorkflowId $failed.WorkflowId
            Get-Story $result | Should -Be 'once Succeeded', 'mended Succeeded'
            $result.Results[1].Output | Should -Be 'now me'
            Get-Content times | Should -HaveCount 1
        }

        It 'is over when its first step has failed' {
            $result = Invoke-Guarded @{ name = 'x'; steps = @(@{ name = 'a'; command = 'throw "no"' }, @{ name = 'b'; command = '1' }) }
            $status = Get-PlaybookStatus -WorkflowId $result.WorkflowId
            $status.Status, (Get-PlaybookStatus).TotalActive | Should -Be Failed, 0
        }
    }

    Context '9: that did too much' {
        It 'tries again as often as it was told' {
            $result = Invoke-Guarded @{ Name = 'x'; Sequence = @(@{ Name = 'a'; Command = 'Add-Content tries x; throw "no"'; RetryCount = 2 }) }
            $result.Results[0].Attempts | Should -Be 3
            Get-Content tries | Should -HaveCount 3
        }

        It 'keeps only so much of what a program writes' {
            # pwsh is a program that is there on every system.
            $result = Invoke-Guarded @{ name = 'x'; tasks = @(@{ name = 'a'; kind = 'program'; argv = @('pwsh', '-NoProfile', '-NonInteractive', '-Command', '[Console]::Out.Write("x" * 50000000)') }) }
            $result.Success | Should -BeTrue
            "$($result.Results[0].Output)".Length | Should -BeIn (1..2097152)
        }
    }
}
